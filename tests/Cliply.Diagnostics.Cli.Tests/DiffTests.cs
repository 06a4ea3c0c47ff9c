using System.Text;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class DiffTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-diff-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("markdown")]
    public async Task I_can_see_what_changed_between_two_snapshots(string format)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diff", await CaseAsync("01-healthy"), await CaseAsync("03-scaled-to-zero"), "-o", format]);

        (exitCode, error).Should().Be((1, ""));
        output.ShouldBeApproved($"diff.{format}");
    }

    [Fact]
    public async Task The_same_twice_exits_with_0()
    {
        var file = await CaseAsync("20-crash-loop-oom");

        var (exitCode, output, _) = await Cliply.RunAsync(["diff", file, file]);

        (exitCode, output).Should().Be((0, "What changed\nThe fleet was unhealthy at 2026-11-23 12:00:00 UTC and is unhealthy at 2026-11-23 12:00:00 UTC\nNothing changed.\n"));
    }

    [Fact]
    public async Task A_report_can_be_compared_and_says_that_it_has_no_measurements()
    {
        var (_, report, _) = await Cliply.RunAsync(["diagnose", "--snapshot", "-", "-o", "json"], Cliply.Case("03-scaled-to-zero"));

        var (exitCode, output, _) = await Cliply.RunAsync(["diff", "-", await CaseAsync("01-healthy")], Encoding.UTF8.GetBytes(report));

        exitCode.Should().Be(1);
        output.Should().Contain("| no-workers-running | cleared | critical, confirmed, scaled-to-zero confirmed").And.EndWith("A report alone holds no measurements: bundles and snapshots do.\n");
    }

    [Theory]
    [InlineData("not json", "cliply: standard input: line 1: not valid JSON, or cut off. Expected one JSON object.\n")]
    [InlineData("{\"diagnoses\": 3}", "cliply: standard input: $.diagnoses (line 1): not what a report holds there.\n")]
    [InlineData("\u001f\u008b rest", null)]
    public async Task What_is_neither_exits_with_65(string input, string? expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diff", "-", await CaseAsync("01-healthy")], Encoding.Latin1.GetBytes(input));

        (exitCode, output, error).Should().Be((65, "", expected ?? "cliply: standard input: no bundle that can be read, or cut off. Give a file that cliply bundle has written.\n"));
    }

    [Fact]
    public async Task Standard_input_can_be_only_one_of_them()
    {
        var (exitCode, _, error) = await Cliply.RunAsync(["diff", "-", "-"]);

        (exitCode, error).Should().Be((64, "cliply: A and B can't both be standard input. Give a file for one of them.\n"));
    }

    private async Task<string> CaseAsync(string name)
    {
        var file = Path.Combine(_folder.FullName, name + ".json");
        await File.WriteAllBytesAsync(file, Cliply.Case(name), TestContext.Current.CancellationToken);
        return file;
    }
}
