using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>The whole path, from a real Prometheus to the diagnosis, in one command as much as in a host that has just started.</summary>
public sealed class RecordedFleetsTests(RecordedFleets fleets) : IClassFixture<RecordedFleets>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_see_in_the_first_reading_that_workers_crash_and_return()
    {
        await using var provider = Create("fluctuates", ScriptedCollector.Healthy());

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        var diagnosis = reading.Report.Diagnoses.Should().ContainSingle().Subject;
        diagnosis.Code.Should().Be("workers-crash-looping");
        diagnosis.Confidence.Should().Be(Confidence.Likely);
        diagnosis.Severity.Should().Be(Severity.Critical);
        diagnosis.Summary.Should().Be("The number of workers returned from 0 2 times within 30 min.");
        reading.Report.Unknowns.Should().NotContain(u => u.Section == "history");
    }

    [Fact]
    public async Task I_can_read_all_numbers_of_the_history()
    {
        await using var provider = Create("fluctuates", ScriptedCollector.Healthy());

        var history = (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.History.Value!;

        history.Select(p => p.At).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        history.Should().HaveCountGreaterThan(Minutes(44)).And.HaveCountLessThan(Minutes(61) + 1);
        At(history, 45 * 60 - 30).Should().Match<HistoryPoint>(p => p.ActiveWorkers == 2 && p.Runnable == 4 && p.DeadLetter == 5 && p.Restarts == 11);
        At(history, 1400).Should().Match<HistoryPoint>(p => p.ActiveWorkers == 0 && p.Runnable == 4 && p.DeadLetter == 5 && p.Restarts == 11);
        At(history, 1000).Should().Match<HistoryPoint>(p => p.ActiveWorkers == 2 && p.Restarts == 13);
        At(history, 100).Should().Match<HistoryPoint>(p => p.ActiveWorkers == 2 && p.Runnable == 11 && p.DeadLetter == 5 && p.Restarts == 13);
    }

    [Fact]
    public async Task I_can_see_a_crash_loop_that_only_kube_state_metrics_saw()
    {
        await using var provider = Create("restarts", ScriptedCollector.Healthy());

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        var deployment = reading.Snapshot.Deployments.Value.Should().ContainSingle().Subject;
        deployment.Name.Should().Be("worker");
        deployment.RestartsLast5Minutes.Should().BeInRange(4, 7);
        deployment.Instances.Should().Equal(new InstanceEvidence { Id = "worker-1", State = InstanceState.Waiting, Reason = "CrashLoopBackOff", Restarts = 20 });
        var diagnosis = reading.Report.Diagnoses.Single(d => d.Code == "workers-crash-looping");
        diagnosis.Confidence.Should().Be(Confidence.Confirmed);
        reading.Snapshot.History.Unavailable!.Code.Should().Be("not-supported", "no host of that cluster is scraped");
    }

    [Fact]
    public async Task I_can_diagnose_a_cluster_without_its_database()
    {
        var notConfigured = new SectionFailure("not-configured", "no connection string");
        await using var provider = Create("fluctuates", ScriptedCollector.JobStore(_ => Task.FromResult(new CollectedEvidence { Workers = notConfigured, Queue = notConfigured, Database = notConfigured })), LivenessSource.Registry);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.Workers.Value.Should().Be(new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, LastHeartbeatAt = fleets.End.AddSeconds(-3.5) });
        reading.Report.Diagnoses.Select(d => (d.Code, d.Confidence)).Should().Contain(("workers-crash-looping", Confidence.Likely));
        reading.Report.Status.Should().Be(FleetStatus.Unhealthy);
    }

    [Fact]
    public async Task Collect_TwoHostsReportOneFleet_TheHighestCountsAndNotTheSum()
    {
        await using var provider = Create("steady", ScriptedCollector.Healthy());

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Value!.Select(p => p.ActiveWorkers).Where(a => a is not null).Should().OnlyContain(a => a == 3);
        reading.Report.Status.Should().Be(FleetStatus.Healthy);
    }

    [Fact]
    public async Task Collect_GapsAndNaN_AreNull()
    {
        await using var provider = Create("gaps", ScriptedCollector.Healthy());

        var history = (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.History.Value!;

        At(history, 1800).ActiveWorkers.Should().Be(2);
        At(history, 1000).Should().Match<HistoryPoint>(p => p.ActiveWorkers == null && p.Runnable == null && p.DeadLetter == null, "nothing was scraped for longer than Prometheus looks back");
        At(history, 270).ActiveWorkers.Should().BeNull("it is NaN there");
        At(history, 60).ActiveWorkers.Should().Be(2);
    }

    [Fact]
    public async Task Collect_MatchersMatchNothing_IsNotSupported()
    {
        await using var provider = Create("no-such-cluster", ScriptedCollector.Healthy());

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable!.Code.Should().Be("not-supported");
        reading.Snapshot.Deployments.IsNotCollected.Should().BeTrue();
    }

    [Theory]
    [InlineData("eu-(", "error", "the server does not understand the query (400). Look for a regular expression in Matchers or ContainerMatchers that is not RE2, or a Range that its limits don't allow")]
    [InlineData("a|\\\"} or vector(1) #", "not-supported", "the server has no cliply_workers_active that matches. See that it scrapes the host's metrics, and look at Cliply:Diagnostics:Prometheus:Matchers")]
    public async Task Collect_HostileMatchers_StayMatchers(string expression, string code, string message)
    {
        await using var provider = Create("x", ScriptedCollector.Healthy(), configure: o => o.Matchers = $"cluster=~\"{expression}\"");

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure(code, message));
    }

    [Fact]
    public async Task Collect_LongMatchers_AreTakenAsAForm()
    {
        await using var provider = Create("x", ScriptedCollector.Healthy(), configure: o => o.Matchers = $"cluster=~\"steady|{new string('x', 4_000)}\"");

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Value!.Select(p => p.ActiveWorkers).Should().Contain(3);
    }

    private static int Minutes(int minutes) => minutes * 4;

    /// <summary>The point that is so many seconds before the recording's end, or up to a step earlier.</summary>
    private HistoryPoint At(IReadOnlyList<HistoryPoint> history, int ago) => history.Last(p => p.At <= fleets.End.AddSeconds(-ago));

    private ServiceProvider Create(string cluster, IEvidenceCollector store, LivenessSource source = LivenessSource.JobLocks, Action<PrometheusOptions>? configure = null) => Fleets.Create(
        [store],
        o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70)),
        services => new CliplyDiagnosticsBuilder(services).AddPrometheus(fleets.Url, o =>
        {
            o.Matchers = $"cluster=\"{cluster}\"";
            o.ContainerMatchers = $"container=\"worker\",cluster=\"{cluster}\"";
            o.LivenessSource = source;
            configure?.Invoke(o);
        }));
}
