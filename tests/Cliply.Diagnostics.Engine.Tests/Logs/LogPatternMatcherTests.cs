using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Tests.Logs;

public sealed class LogPatternMatcherTests
{
    [Theory]
    [InlineData("Error: SUPABASE_URL is not configured", "env-not-configured")]
    [InlineData("supabase_url IS NOT CONFIGURED", "env-not-configured")]
    [InlineData("SENTRY_DSN is not configured", null)]
    [InlineData("LOG_LEVEL is not configured; SUPABASE_URL is not configured", "env-not-configured")]
    [InlineData(": is not configured", null)]
    [InlineData("FFmpeg not found", "ffmpeg-not-found")]
    [InlineData("sh: 1: ffmpeg: command not found", "ffmpeg-not-found")]
    [InlineData("Error: spawn ffmpeg ENOENT", "ffmpeg-not-found")]
    [InlineData("yt-dlp: command not found", "yt-dlp-not-found")]
    [InlineData("Cannot connect to database", "database-unreachable")]
    [InlineData("[ERROR] Failed to query jobs: connection refused", "database-unreachable")]
    [InlineData("connect ECONNREFUSED 10.0.0.1:5432", "database-unreachable")]
    [InlineData("password authentication failed for user", "database-authentication")]
    [InlineData("sorry, too many clients already", "database-too-many-connections")]
    [InlineData("getaddrinfo ENOTFOUND db", "host-not-found")]
    [InlineData("connect ETIMEDOUT", "network-timeout")]
    [InlineData("FATAL ERROR: JavaScript heap out of memory", "node-heap-out-of-memory")]
    [InlineData("Reason: OOMKilled", "oom-killed")]
    [InlineData("Segmentation fault (core dumped)", "segmentation-fault")]
    [InlineData("Unhandled promise rejection", "unhandled-rejection")]
    [InlineData("Uncaught exception: TypeError", "uncaught-exception")]
    [InlineData("ffmpeg timed out after 600 s", "ffmpeg-timeout")]
    [InlineData("ENOENT: no such file or directory, open '/tmp/a.mp4'", "source-file-missing")]
    [InlineData("HTTP 401 from TikTok", "credentials-expired")]
    [InlineData("took 4012 ms, code 1401", null)]
    [InlineData("Invalid credentials", "credentials-expired")]
    [InlineData("requeued: heartbeat stale", "stuck-job-recovery")]
    [InlineData("[INFO] Polling for jobs...", "polling")]
    [InlineData("[INFO] Claimed job abc123 (kind: TRANSCRIBE)", "job-claimed")]
    [InlineData("[INFO] Heartbeat sent for job abc123", "heartbeat-sent")]
    [InlineData("[INFO] Job abc123 completed", "job-completed")]
    [InlineData("[INFO] Migration completed", null)]
    [InlineData("[INFO] Job abc123 started", null)]
    [InlineData("", null)]
    public void FirstMatch_Text_GivesThePattern(string text, string? expected) => new LogPatternMatcher().FirstMatch(text).Should().Be(expected);

    [Fact]
    public void FirstMatch_OtherRecommendedVariables_CountForNothing() =>
        new LogPatternMatcher(null, ["QUEUE_NAME"]).FirstMatch("QUEUE_NAME is not configured").Should().BeNull();

    [Fact]
    public void FirstMatch_HostsOwnPattern_IsFoundAfterTheBuiltInOnes()
    {
        var matcher = new LogPatternMatcher([new HostPattern("license-expired", ["license has expired", "401"])]);

        matcher.FirstMatch("The LICENSE has expired").Should().Be("license-expired");
        matcher.FirstMatch("401").Should().Be("credentials-expired");
    }

    [Theory]
    [InlineData("polling", new[] { "x" }, "The log pattern 'polling' is there twice. Give each pattern a code of its own. (Parameter 'additional')")]
    [InlineData("own", new string[0], "The log pattern 'own' has no phrase, or an empty one. Give it at least one text to look for. (Parameter 'additional')")]
    [InlineData("own", new[] { "" }, "The log pattern 'own' has no phrase, or an empty one. Give it at least one text to look for. (Parameter 'additional')")]
    public void Constructor_BadPattern_SaysWhatToChange(string code, string[] phrases, string message) =>
        FluentActions.Invoking(() => new LogPatternMatcher([new HostPattern(code, phrases)])).Should().Throw<ArgumentException>().WithMessage(message);

    private sealed class HostPattern(string code, string[] phrases) : ILogPattern
    {
        public string Code => code;

        public IReadOnlyList<string> Phrases => phrases;
    }
}
