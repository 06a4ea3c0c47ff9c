using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.AspNetCore.Tests.Metrics;

public sealed partial class MetricsEndpointTests
{
    private static readonly DateTimeOffset Captured = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Metrics_BeforeTheFirstReading_AreEmptyAndCauseNone()
    {
        var store = ScriptedCollector.Healthy();
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyMetrics());

        (await host.GetAsync("/metrics")).Should().Be((HttpStatusCode.OK, ""));
        store.Calls.Should().Be(0);
    }

    [Fact]
    public async Task Metrics_AfterAReading_AreInPrometheusText()
    {
        await using var host = await WebHost.StartAsync([ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore(Captured) with
        {
            Queue = new QueueEvidence { Runnable = 3, Running = 1, DeadLetter = 0, OldestRunnableAgeSeconds = 20, Kinds = [new QueueKind { Kind = "A\"\\\n{x}", Runnable = 3 }] },
        }))], app => app.MapCliplyMetrics("/internal/metrics"));
        await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

        var (status, body) = await host.GetAsync("/internal/metrics");

        status.Should().Be(HttpStatusCode.OK);
        Durations().Replace(body, "$1 0.1").Should().Be("""
            # HELP cliply_workers_active Distinct workers known, stale ones included.
            # TYPE cliply_workers_active gauge
            cliply_workers_active 2
            # HELP cliply_workers_last_heartbeat_timestamp The newest heartbeat of all workers, in Unix seconds.
            # TYPE cliply_workers_last_heartbeat_timestamp gauge
            cliply_workers_last_heartbeat_timestamp 1795435196
            # HELP cliply_jobs_pending Jobs that wait and are due.
            # TYPE cliply_jobs_pending gauge
            cliply_jobs_pending 3
            # HELP cliply_jobs_running Jobs that a worker holds.
            # TYPE cliply_jobs_running gauge
            cliply_jobs_running 1
            # HELP cliply_jobs_dead_letter Jobs that have run out of retries.
            # TYPE cliply_jobs_dead_letter gauge
            cliply_jobs_dead_letter 0
            # HELP cliply_jobs_oldest_pending_age How long the oldest due job has waited, in seconds; 0 when none waits.
            # TYPE cliply_jobs_oldest_pending_age gauge
            cliply_jobs_oldest_pending_age 20
            # HELP cliply_jobs_by_kind Jobs by kind and state: pending, running, dead_letter. At most 50 kinds, those with most jobs; the rest is other.
            # TYPE cliply_jobs_by_kind gauge
            cliply_jobs_by_kind{kind="A\"\\\n{x}",state="pending"} 3
            # HELP cliply_collection_duration How long each collector took in the last collection, in seconds.
            # TYPE cliply_collection_duration gauge
            cliply_collection_duration{collector="store"} 0.1
            # HELP cliply_collection_failures Collections since the start in which the collector gave no evidence or not all of it.
            # TYPE cliply_collection_failures gauge
            cliply_collection_failures{collector="store"} 0

            """);
    }

    [Fact]
    public async Task Metrics_ThousandKinds_AreFiftyAndOther()
    {
        await using var host = await WebHost.StartAsync([ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Queue = new QueueEvidence { Runnable = 500_500, Running = 0, DeadLetter = 0, Kinds = [.. Enumerable.Range(1, 1000).Select(i => new QueueKind { Kind = $"K{i}", Runnable = i })] },
        }))], app => app.MapCliplyMetrics());
        await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

        var kinds = (await host.GetAsync("/metrics")).Body.Split('\n').Where(l => l.StartsWith("cliply_jobs_by_kind{", StringComparison.Ordinal)).ToList();

        kinds.Should().HaveCount(51);
        kinds[0].Should().Be("cliply_jobs_by_kind{kind=\"K1000\",state=\"pending\"} 1000");
        kinds[^1].Should().Be($"cliply_jobs_by_kind{{kind=\"other\",state=\"pending\"}} {Enumerable.Range(1, 950).Sum()}");
    }

    [Fact]
    public async Task Metrics_OfOneHost_KnowNothingOfAnotherInTheProcess()
    {
        await using var one = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyMetrics());
        await using var two = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyMetrics());
        await one.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

        (await two.GetAsync("/metrics")).Body.Should().BeEmpty();
        (await one.GetAsync("/metrics")).Body.Should().Contain("cliply_workers_active 2\n");
    }

    [Fact]
    public async Task Metrics_AreCleanForPromtool()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(e => e with { Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } }), app => app.MapCliplyMetrics());
        await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);
        var (_, body) = await host.GetAsync("/metrics");

        // Debian's promtool lints all by default; the flag --lint=all came later.
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync(body);
        promtool.StandardInput.Close();
        var output = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);

        (promtool.ExitCode, output).Should().Be((0, ""));
    }

    [GeneratedRegex("(?m)^(cliply_collection_duration{[^}]*}) [0-9.E-]+")]
    private static partial Regex Durations();
}
