using System.Globalization;
using System.Net;
using System.Net.Sockets;

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

    [Theory]
    [InlineData("postgres://u:canary@", 64, "sample: DATABASE_URL can't be used. Write it as postgres://user:password@host:5432/database, with special characters percent-encoded, or unset it for a SQLite file.\n")]
    [InlineData("mysql://u:canary@h/d", 64, "sample: DATABASE_URL can't be used. Write it as postgres://user:password@host:5432/database, with special characters percent-encoded, or unset it for a SQLite file.\n")]
    [InlineData("canary", 64, "sample: DATABASE_URL can't be used. Write it as postgres://user:password@host:5432/database, with special characters percent-encoded, or unset it for a SQLite file.\n")]
    [InlineData("postgres://u:canary@127.0.0.1:1/d", 69, "sample: the PostgreSQL that DATABASE_URL names can't be used: Failed to connect to 127.0.0.1:1. Start it, give the role the right to create a schema, or unset DATABASE_URL for a SQLite file.\n")]
    public async Task I_am_told_what_is_wrong_with_the_database(string databaseUrl, int expected, string message)
    {
        var (exitCode, output) = await SampleRuns.RunWithAsync(databaseUrl, "--once");

        (exitCode, output).Should().Be((expected, message));
    }

    [Fact]
    public async Task I_am_told_that_the_port_of_the_metrics_is_taken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, output) = await SampleRuns.RunAsync("--metrics", port, "--for", "1s");

        (exitCode, output).Should().Be((64, $"sample: --metrics {port}: the port can't be listened on. Give one that is free.\n"));
    }

    [Fact]
    public async Task I_am_told_that_once_ends_by_itself()
    {
        var (exitCode, output) = await SampleRuns.RunAsync("--once", "--for", "1s");

        (exitCode, output).Should().Be((64, "sample: --once prints one diagnosis and ends; it goes with neither --for nor --heal-after.\n"));
    }

    [Fact]
    public async Task I_am_told_which_failures_there_are()
    {
        var (exitCode, output) = await SampleRuns.RunAsync("--break", "everything");

        exitCode.Should().Be(64);
        output.Should().Be("sample: --break 'everything' is not known. Use one of no-workers, not-claiming, stuck, crash-loop, ffmpeg.\n");
    }
}
