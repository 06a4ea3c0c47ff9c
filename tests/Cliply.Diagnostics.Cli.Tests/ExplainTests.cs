using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class ExplainTests
{
    /// <summary>A list, a diagnosis with more than one form, and a cause.</summary>
    public static TheoryData<string, string> Pages => new() { { "list", "--list" }, { "diagnosis", "workers-stuck" }, { "cause", "out-of-memory" } };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task I_can_read_a_page_in_a_pipe(string name, string argument)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["explain", argument]);

        (exitCode, error).Should().Be((0, ""));
        output.ShouldBeApproved($"explain-{name}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task I_can_read_a_page_on_a_terminal_of_80_columns(string name, string argument) =>
        (await OnTerminalAsync(80, argument)).ShouldBeApproved($"explain-{name}-80");

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task I_can_read_a_page_on_a_terminal_of_120_columns(string name, string argument) =>
        (await OnTerminalAsync(120, argument)).ShouldBeApproved($"explain-{name}-120");

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task I_can_paste_a_page_as_markdown(string name, string argument)
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["explain", argument, "-o", "markdown"]);

        exitCode.Should().Be(0);
        output.ShouldBeApproved($"explain-{name}-markdown");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task I_can_read_a_page_by_program(string name, string argument)
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["explain", argument, "-o", "json"]);

        exitCode.Should().Be(0);
        JsonDocument.Parse(output).Dispose();
        output.ShouldBeApproved($"explain-{name}-json");
    }

    [Theory]
    [InlineData("docker", "any, docker")]
    [InlineData("Kubernetes", "any, kubernetes")]
    [InlineData("systemd", "any, systemd")]
    [InlineData("any", "any")]
    [InlineData(null, "any, docker, kubernetes, systemd")]
    public async Task I_can_see_the_commands_of_one_platform(string? platform, string expected)
    {
        var (_, output, error) = await Cliply.RunAsync(["explain", "workers-stuck", "-o", "json", .. platform is null ? Array.Empty<string>() : ["--platform", platform]]);

        error.Should().BeEmpty();
        using var page = JsonDocument.Parse(output);
        var diagnosis = page.RootElement.GetProperty("diagnosis");
        var platforms = diagnosis.GetProperty("nextChecks").EnumerateArray().Concat(diagnosis.GetProperty("remediation").EnumerateArray())
            .SelectMany(s => s.GetProperty("commands").EnumerateArray()).Select(c => c.GetProperty("platform").GetString()).Distinct().Order(StringComparer.Ordinal);
        string.Join(", ", platforms).Should().Be(expected);
        var (_, table, _) = await Cliply.RunAsync(["explain", "workers-stuck", .. platform is null ? Array.Empty<string>() : ["--platform", platform]]);
        table.Contains("  Docker", StringComparison.Ordinal).Should().Be(expected.Contains("docker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_code_may_be_written_in_capitals()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["explain", "Heartbeat-LATE"]);

        exitCode.Should().Be(0);
        output.Should().StartWith("Heartbeat late (heartbeat-late)\n");
    }

    [Fact]
    public async Task Rules_show_the_limits_of_the_environment()
    {
        var (_, output, error) = await Cliply.RunAsync(["explain", "heartbeat-late"], environment: new() { ["CLIPLY__DIAGNOSTICS__Thresholds__HeartbeatFresh"] = "00:01:35" });

        error.Should().BeEmpty();
        output.Should().Contain("the newest heartbeat is older than 1 min 35 s and not older than 10 min.\n").And.Contain("HeartbeatFresh  00:01:35 (default 00:05:00)\nHeartbeatStale  00:10:00 (default)\n");
    }

    [Fact]
    public async Task Rules_show_the_limits_of_the_configuration_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{ "Cliply": { "Diagnostics": { "Thresholds": { "BacklogJobs": 500 } } } }""", TestContext.Current.CancellationToken);

            var (_, output, error) = await Cliply.RunAsync(["explain", "queue-backlog", "--config", file]);

            error.Should().BeEmpty();
            output.Should().Contain("More than 500 jobs are due and wait").And.Contain("BacklogJobs     500 (default 100)\n");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(new[] { "explain", "no-worker" }, "cliply: 'no-worker' is no diagnosis or cause. Did you mean no-workers-running? All: cliply explain --list\n")]
    [InlineData(new[] { "explain", "WORKER_STUCK" }, "cliply: 'WORKER_STUCK' is no diagnosis or cause. Did you mean workers-stuck? All: cliply explain --list\n")]
    [InlineData(new[] { "explain", "stuck" }, "cliply: 'stuck' is no diagnosis or cause. Did you mean workers-stuck or stuck-job-recovery? All: cliply explain --list\n")]
    [InlineData(new[] { "explain", "claim-loop" }, "cliply: 'claim-loop' is no diagnosis or cause. Did you mean infinite-loop or claim-query-empty? All: cliply explain --list\n")]
    [InlineData(new[] { "explain", "xyzzy" }, "cliply: 'xyzzy' is no diagnosis or cause. All: cliply explain --list\n")]
    [InlineData(new[] { "explain", "\u001b[31mred\u202e" }, "cliply: 'red' is no diagnosis or cause. All: cliply explain --list\n")]
    [InlineData(new[] { "explain" }, "cliply: nothing to explain. Give the CODE of a diagnosis or cause, or --list for all of them.\nTry: cliply explain --help\n")]
    [InlineData(new[] { "explain", "clock-skew", "--list" }, "cliply: CODE and --list exclude each other. Give the one to show.\nTry: cliply explain --help\n")]
    [InlineData(new[] { "explain", "clock-skew", "--platform", "nomad" }, "cliply: --platform 'nomad' is not known. Use docker, kubernetes, systemd or any.\nTry: cliply explain --help\n")]
    [InlineData(new[] { "explain", "clock-skew", "-o", "github" }, "cliply: --output 'github' is not known. Use table, json or markdown.\nTry: cliply explain --help\n")]
    public async Task Wrong_usage_exits_with_64_and_says_what_to_change(string[] arguments, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(arguments);

        (exitCode, output, error).Should().Be((64, "", expected));
    }

    [Fact]
    public async Task A_connection_string_in_place_of_a_code_keeps_its_secret()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["explain", "postgres://u:canary-made-up@h/d"]);

        (exitCode, output).Should().Be((64, ""));
        error.Should().MatchRegex("^cliply: 'postgres://‹secret:[0-9a-f]+›@h/d' is no diagnosis or cause\\. All: cliply explain --list\n$");
    }

    [Fact]
    public async Task A_very_long_code_is_cut_and_not_compared()
    {
        var (exitCode, _, error) = await Cliply.RunAsync(["explain", new string('w', 100_000)]);

        (exitCode, error).Should().Be((64, $"cliply: '{new string('w', 60)}' is no diagnosis or cause. All: cliply explain --list\n"));
    }

    [Fact]
    public async Task A_shell_completes_codes_and_platforms()
    {
        (await SuggestAsync("cliply explain workers-")).Should().BeEquivalentTo(RunbookCatalog.Diagnoses.Select(d => d.Code).Where(c => c.Contains("workers-", StringComparison.Ordinal))).And.Contain(["workers-stuck", "no-workers-running"]);
        (await SuggestAsync("cliply explain workers-stuck --platform ")).Should().Contain(["any", "docker", "kubernetes", "systemd"]);
    }

    [Fact]
    public async Task Every_cause_that_a_log_speaks_for_is_explained()
    {
        const string Log = """
            SUPABASE_URL is not configured
            FFmpeg not found
            Cannot connect to database
            getaddrinfo ENOTFOUND db
            JavaScript heap out of memory
            Segmentation fault
            Unhandled promise rejection
            ffmpeg timed out
            ENOENT: no such file or directory
            401 invalid credentials
            heartbeat stale
            """;
        var (_, output, _) = await Cliply.RunAsync(["logs", "analyze", "-", "-o", "json"], Encoding.UTF8.GetBytes(Log));

        using var verdict = JsonDocument.Parse(output);
        var causes = verdict.RootElement.GetProperty("logs")[0].GetProperty("verdict").GetProperty("causes").EnumerateArray().Select(c => c.GetString()!).ToList();
        causes.Should().HaveCount(11).And.BeSubsetOf(RunbookCatalog.Causes.Select(c => c.Code));
    }

    private static async Task<IReadOnlyList<string>> SuggestAsync(string line)
    {
        var (_, output, _) = await Cliply.RunAsync([$"[suggest:{line.Length}]", line]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Without what .NET tells the terminal about its keys.</summary>
    private static async Task<string> OnTerminalAsync(int columns, string argument)
    {
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(columns, ["explain", argument], new() { ["NO_COLOR"] = "1" });
        exitCode.Should().Be(0, output);
        return output.Replace("\u001b[?1h\u001b=", "", StringComparison.Ordinal);
    }
}
