using System.Diagnostics;
using System.Text.Json;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
public sealed class WatchTests(FleetDatabase fleet)
{
    private static string[] Arguments(string url, params string[] more) => ["watch", "--database-url", url, "--auto", "false", "--no-local", "--timeout", "1m", "--interval", "500ms", .. more];

    [Fact]
    public async Task In_a_pipe_I_get_a_line_for_each_change()
    {
        var url = await fleet.CreateAsync("");
        using var watch = Process.Start(Cliply.Start(Arguments(url)))!;
        try
        {
            var first = await LineAsync();
            await fleet.ExecuteAsync(url[(url.LastIndexOf('/') + 1)..], "insert into jobs (kind, state, updated_at) select 'TRANSCRIBE', 'dead_letter', now() from generate_series(1, 30)");

            new[] { first, await LineAsync(), await LineAsync() }.Should().Equal(
                "YYYY-MM-DD hh:mm:ss UTC  the fleet is healthy",
                "YYYY-MM-DD hh:mm:ss UTC  the fleet is degraded, was healthy",
                "YYYY-MM-DD hh:mm:ss UTC  warning: dead-letter-spike appeared: 30 jobs have run out of retries, 30 of them within the last hour.");
        }
        finally
        {
            watch.Kill();
        }

        async Task<string> LineAsync() => FleetDatabase.Timeless(await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2)) ?? "");
    }

    [Fact]
    public async Task I_can_read_one_report_a_line()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(Arguments(fleet.Url, "--count", "3", "-o", "json"));

        exitCode.Should().Be(1);
        var lines = output.TrimEnd('\n').Split('\n');
        lines.Should().HaveCount(3).And.AllSatisfy(line => JsonDocument.Parse(line).RootElement.GetProperty("status").GetString().Should().Be("degraded"));
    }

    [Fact]
    public async Task On_a_terminal_it_draws_and_Ctrl_C_leaves_it_clean()
    {
        var (exitCode, output, _) = await Cliply.RunInShellAsync(
            "exec script -qec \"stty cols 80 rows 30; exec timeout --foreground --preserve-status -s INT 6 $CLIPLY watch --database-url $URL --auto false --no-local --timeout 1m --interval 500ms\" /dev/null",
            new() { ["URL"] = fleet.Url, ["TERM"] = "xterm-256color", ["LC_ALL"] = "C.UTF-8" });

        exitCode.Should().Be(130, output);
        output.Should().Contain("\u001b[?1049h\u001b[?25l").And.EndWith("\u001b[?25h\u001b[?1049l");
        output.Should().Contain("The fleet is").And.Contain("degraded").And.Contain("█").And.Contain("workers-stuck appeared");
    }

    [Theory]
    [InlineData("--count", "0", "cliply: --count must be 1 or more.\nTry: cliply watch --help\n")]
    [InlineData("--interval", "soon", "cliply: --interval 'soon' is not a duration. Write it as 500ms, 10s, 2m or 1h.\nTry: cliply watch --help\n")]
    [InlineData("--interval", "1ms", "cliply: --interval '1ms' is out of range. Use 500ms to 1h.\nTry: cliply watch --help\n")]
    [InlineData("--output", "markdown", "cliply: --output 'markdown' is not known. Use table or json.\nTry: cliply watch --help\n")]
    public async Task Wrong_usage_exits_with_64(string option, string value, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["watch", option, value]);

        (exitCode, output, error).Should().Be((64, "", expected));
    }
}
