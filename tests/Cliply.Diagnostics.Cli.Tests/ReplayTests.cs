using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class ReplayTests
{
    [Fact]
    public async Task I_get_one_report_a_line_in_the_same_order()
    {
        string[] cases = ["01-healthy", "03-scaled-to-zero", "14-saturated", "30-nothing-known"];
        string[] expected = ["healthy", "unhealthy", "degraded", "inconclusive"];
        var input = Enumerable.Range(0, 400).SelectMany(i => (byte[])[.. Cliply.Case(cases[i % 4]), (byte)'\n', .. i % 7 == 0 ? "\r\n"u8 : ""u8]).ToArray();

        var (exitCode, output, error) = await Cliply.RunAsync(["replay", "-"], input);

        exitCode.Should().Be(0, error);
        output.TrimEnd('\n').Split('\n').Select(Status).Should().Equal(Enumerable.Range(0, 400).Select(i => expected[i % 4]));
    }

    [Fact]
    public async Task The_last_line_needs_no_line_break()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["replay", "-"], Cliply.Case("01-healthy"));

        exitCode.Should().Be(0);
        Status(output).Should().Be("healthy");
    }

    [Fact]
    public async Task A_bad_line_exits_with_65_says_where_and_loses_nothing_before_it()
    {
        byte[] input = [.. Cliply.Case("01-healthy"), .. "\n\n"u8, .. Cliply.Case("03-scaled-to-zero"), .. "\n{\"schemaVersion\": 1, \"capturedAt\": \"2026-11-23T12:00:00Z\", \"binaries\": [{\"name\": \"ffmpeg\"}]}\n"u8, .. Cliply.Case("01-healthy")];

        var (exitCode, output, error) = await Cliply.RunAsync(["replay", "-"], input);

        (exitCode, error).Should().Be((65, "cliply: standard input, line 4: $.binaries[0].status: is missing, and is required.\n"));
        output.TrimEnd('\n').Split('\n').Select(Status).Should().Equal("healthy", "unhealthy");
    }

    [Fact]
    public async Task When_the_reader_leaves_an_endless_input_is_given_up()
    {
        var (exitCode, output, error) = await Cliply.RunInShellAsync("""yes '{"schemaVersion":1,"capturedAt":"2026-11-23T12:00:00Z"}' 2> /dev/null | timeout 120 $CLIPLY replay - | head -1; exit ${PIPESTATUS[1]}""");

        exitCode.Should().Be(141);
        error.Should().BeEmpty();
        Status(output).Should().Be("inconclusive");
    }

    [Theory]
    [InlineData(64 * 1024, 3_000)]
    [InlineData(40 * 1024 * 1024, 12)]
    public async Task Memory_does_not_grow_with_the_input(int lineBytes, int lines)
    {
        // 192 and 480 MB, in a heap of 96 and 400 MB.
        var (exitCode, output, error) = await Cliply.RunInShellAsync(
            $$"""{ printf '{"schemaVersion":1,"capturedAt":"2026-11-23T12:00:00Z","ignored":"'; head -c {{lineBytes}} /dev/zero | tr '\0' x; printf '"}\n'; } > "$FILE.line"; for i in $(seq {{lines}}); do cat "$FILE.line"; done > "$FILE"; $CLIPLY replay "$FILE" | wc -l; code=${PIPESTATUS[0]}; rm "$FILE" "$FILE.line"; exit $code""",
            new() { ["FILE"] = Path.Combine(Path.GetTempPath(), $"cliply-replay-{Guid.NewGuid():N}"), ["DOTNET_GCHeapHardLimit"] = lineBytes > 1_000_000 ? "0x19000000" : "0x6000000" });

        exitCode.Should().Be(0, error);
        output.Trim().Should().Be(lines.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Ctrl_C_exits_with_130_after_what_was_diagnosed()
    {
        using var process = Process.Start(Cliply.Start("replay", "-"))!;
        await process.StandardInput.BaseStream.WriteAsync((byte[])[.. Cliply.Case("01-healthy"), (byte)'\n'], TestContext.Current.CancellationToken);
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Status((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!).Should().Be("healthy");

        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        (process.ExitCode, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().Be((130, ""));
    }

    [Fact]
    public async Task No_file_is_wrong_usage()
    {
        var (exitCode, _, error) = await Cliply.RunAsync(["replay"]);

        exitCode.Should().Be(64);
        error.Should().EndWith("Try: cliply replay --help\n");
    }

    private static string Status(string report)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetBytes(report));
        return json.RootElement.GetProperty("status").GetString()!;
    }
}
