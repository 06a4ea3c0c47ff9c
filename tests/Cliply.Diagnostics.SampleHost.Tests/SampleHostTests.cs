namespace Cliply.Diagnostics.SampleHost.Tests;

/// <summary>The sample as a process: what it injects shows, and clears.</summary>
public sealed class SampleHostTests(SampleRuns runs) : IClassFixture<SampleRuns>
{
    [Theory]
    [InlineData("no-workers", "critical: No workers running (no-workers-running, confirmed)", "No workers running (no-workers-running)")]
    [InlineData("not-claiming", "critical: Workers running but not claiming jobs (workers-not-claiming, likely)", "Workers running but not claiming jobs (workers-not-claiming)")]
    [InlineData("stuck", "orkers stuck (workers-stuck, confirmed)", "Workers stuck (workers-stuck)")]
    [InlineData("crash-loop", "critical: Workers crashing frequently (workers-crash-looping, confirmed)", "Workers crashing frequently (workers-crash-looping)")]
    [InlineData("ffmpeg", "critical: FFmpeg not available (ffmpeg-unavailable, confirmed)", "FFmpeg not available (ffmpeg-unavailable)")]
    public async Task I_can_see_a_failure_appear_and_clear(string breakage, string appears, string clears)
    {
        var (exitCode, output) = await runs.Of(breakage);

        exitCode.Should().Be(0);
        var broken = output.IndexOf($"breaking: {breakage}", StringComparison.Ordinal);
        var shown = output.IndexOf(appears, StringComparison.Ordinal);
        var healed = output.IndexOf($"healing: {breakage}", StringComparison.Ordinal);
        var cleared = output.LastIndexOf($"cleared: {clears}", StringComparison.Ordinal);
        new[] { broken, shown, healed, cleared }.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems().And.NotContain(-1, output);
        output[..broken].Should().Contain("Healthy    ok ffmpeg  ok yt-dlp  ok database  ok heartbeat  ok queue-backlog  ok environment  ok diagnosis").And.NotContain("  + ");
        output.TrimEnd().Split('\n').Last(l => l.Contains(" diagnosis", StringComparison.Ordinal)).Should().Contain("Healthy ", output);
    }

    [Fact]
    public async Task I_can_get_one_diagnosis_of_a_healthy_fleet()
    {
        var (exitCode, output) = await runs.Of("once");

        exitCode.Should().Be(0, output);
        output.Should().StartWith("# Fleet is healthy\n").And.Contain("No diagnosis.");
    }

    [Fact]
    public async Task I_can_get_one_diagnosis_of_a_broken_fleet()
    {
        var (exitCode, output) = await runs.Of("once-ffmpeg");

        exitCode.Should().Be(2, output);
        output.Should().StartWith("# Fleet is unhealthy\n").And.Contain("- Code: `ffmpeg-unavailable`");
    }

    [Fact]
    public async Task I_am_told_which_failures_there_are()
    {
        var (exitCode, output) = await SampleRuns.RunAsync("--break", "everything");

        exitCode.Should().Be(64);
        output.Should().Be("sample: --break 'everything' is not known. Use one of no-workers, not-claiming, stuck, crash-loop, ffmpeg.\n");
    }
}
