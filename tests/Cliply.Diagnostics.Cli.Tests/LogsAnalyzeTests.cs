using System.Text;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class LogsAnalyzeTests : IDisposable
{
    private const string Crashing = """
        2026-11-23T12:00:00Z [INFO] Claimed job abc123 (kind: TRANSCRIBE)
        2026-11-23T12:00:05Z [ERROR] Failed to query jobs: connection refused password=canary-made-up
        2026-11-23T12:00:06Z FATAL ERROR: Reached heap limit: JavaScript heap out of memory
        2026-11-23T12:01:06Z FATAL ERROR: Reached heap limit: JavaScript heap out of memory

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-logs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("markdown")]
    [InlineData("github")]
    public async Task I_can_see_what_a_log_speaks_for(string format)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["logs", "analyze", "-", "-o", format], Encoding.UTF8.GetBytes(Crashing));

        (exitCode, error).Should().Be((1, ""));
        System.Text.RegularExpressions.Regex.Replace(output, @"UTC, \d+ \w+ ago|[0-9a-f]{4}›", m => m.Value.EndsWith('›') ? "xxxx›" : "UTC, N d ago").ShouldBeApproved($"logs-analyze.{format}");
        output.Should().NotContain("canary");
    }

    [Fact]
    public async Task Emails_and_addresses_are_redacted_where_the_configuration_says_so()
    {
        var log = Encoding.UTF8.GetBytes("[ERROR] Failed to query jobs: connection refused 10.1.2.3:5432, tell ops@example.com\n");

        var shown = await Cliply.RunAsync(["logs", "analyze", "-"], log);
        var redacted = await Cliply.RunAsync(["logs", "analyze", "-"], log, new() { ["Cliply__Diagnostics__RedactEmails"] = "true", ["Cliply__Diagnostics__RedactIpAddresses"] = "true" });

        shown.Output.Should().Contain("connection refused 10.1.2.3:5432, tell ops@example.com");
        redacted.Output.Should().MatchRegex("connection refused ‹ip:[0-9a-f]{4}›:5432, tell ‹email:[0-9a-f]{4}›");
    }

    [Theory]
    [InlineData("", 0, "there is no line: a worker that logs nothing may be stuck, or logs elsewhere")]
    [InlineData("[INFO] Polling for jobs...\n", 0, "it polls and claims nothing: normal where no job is due")]
    [InlineData("[INFO] Claimed job abc123 (kind: TRANSCRIBE)\n", 0, "jobs are claimed; nothing speaks against this worker")]
    [InlineData("[INFO] Claimed job abc123 (kind: TRANSCRIBE)\n[INFO] Job abc123 completed\n", 0, "jobs are completed; nothing speaks against this worker")]
    [InlineData("hello\n", 0, "shows none of the runbook's patterns")]
    [InlineData("bash: ffmpeg: command not found\n", 1, "speaks for missing-binary")]
    public async Task A_log_has_a_verdict(string log, int expected, string verdict)
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["logs", "analyze", "-"], Encoding.UTF8.GetBytes(log));

        exitCode.Should().Be(expected);
        output.Should().Contain($"Verdict     {verdict}\n");
    }

    [Fact]
    public async Task The_same_line_again_and_again_speaks_for_a_loop()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["logs", "analyze", "-"], Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 40).Select(i => $"retry {i} of nothing\n"))));

        exitCode.Should().Be(1);
        output.Should().Contain("Repetition  the most frequent line is 100 % of all\n").And.Contain("Verdict     the same line again and again: speaks for infinite-loop\n");
    }

    [Fact]
    public async Task Several_files_are_judged_each_and_text_in_them_is_inert()
    {
        var (first, second) = (Path.Combine(_folder.FullName, "[red].log"), Path.Combine(_folder.FullName, "b.log"));
        await File.WriteAllTextAsync(first, $"Unhandled promise rejection {FleetDatabase.Hostile}\0 {new string('x', 1_000_000)}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(second, "Job 1 completed\n", TestContext.Current.CancellationToken);

        var (exitCode, output) = await Cliply.RunOnTerminalAsync(80, ["logs", "analyze", first, second], new() { ["NO_COLOR"] = "1" });

        exitCode.Should().Be(1);
        output.Should().Contain("[red].log").And.Contain("speaks for uncaught-exception").And.Contain("jobs are completed").And.NotContain("\u001b[31m").And.NotContain("\0").And.NotContain("\u202e");
        output.Length.Should().BeLessThan(20_000);
    }

    [Fact]
    public async Task A_file_that_is_not_there_exits_with_65()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["logs", "analyze", "no-such.log"]);

        (exitCode, output, error).Should().Be((65, "", "cliply: FILE 'no-such.log': there is no such file. Give the path of a file, or - for standard input.\n"));
    }
}
