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
