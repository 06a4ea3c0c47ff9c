using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.Collection;

public sealed class FleetDiagnosticsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DiagnoseAsync_AllSectionsAnswer_ClassifiesThem()
    {
        var captured = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(captured)]);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Report.Status.Should().Be(FleetStatus.Healthy);
        reading.Snapshot.CapturedAt.Should().Be(captured);
        reading.Age.Should().Be(TimeSpan.Zero);
        reading.Number.Should().Be(1);
        reading.Collectors.Should().ContainSingle().Which.Should().Match<CollectorRun>(r => r.Name == "store" && r.Failure == null);
        provider.Fleet().Last!.Report.Should().BeSameAs(reading.Report);
    }

    [Fact]
    public async Task DiagnoseAsync_ManyCallersAtOnce_JoinOneCollection()
    {
        var release = new TaskCompletionSource();
        var collector = ScriptedCollector.JobStore(async _ =>
        {
            await release.Task;
            return ScriptedCollector.HealthyStore();
        });
        await using var provider = Fleets.Create([collector]);

        var callers = Enumerable.Range(0, 200).Select(_ => provider.Fleet().DiagnoseAsync(Cancellation)).ToList();
        release.SetResult();
        var readings = await Task.WhenAll(callers);

        collector.Calls.Should().Be(1);
        readings.Select(r => r.Number).Distinct().Should().Equal(1);
    }

    [Theory]
    [InlineData("not-supported", null)]
    [InlineData("not-configured", null)]
    [InlineData("timeout", "timeout")]
    public async Task DiagnoseAsync_ResourcesUnavailable_AreAFailureUnlessThePlatformHasNone(string code, string? failure)
    {
        var platform = new ScriptedCollector("platform", [SnapshotSection.Resources], _ => Task.FromResult(new CollectedEvidence { Resources = Section.UnavailableList<ResourceEvidence>(new SectionFailure(code)) }));
        await using var provider = Fleets.Create([platform]);

        (await provider.Fleet().DiagnoseAsync(Cancellation)).Collectors.Should().ContainSingle().Which.Failure.Should().Be(failure);
    }

    [Fact]
    public async Task Last_LongAfterAReading_TellsItsAge()
    {
        var time = new FakeTimeProvider();
        await using var provider = Fleets.Create([ScriptedCollector.Healthy()], services: s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));
        provider.Fleet().Last.Should().BeNull();
        await provider.Fleet().DiagnoseAsync(Cancellation);

        time.Advance(TimeSpan.FromHours(2));

        provider.Fleet().Last!.Age.Should().Be(TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task DiagnoseAsync_WithinMaxAge_ServesTheReadingWithItsAge()
    {
        var time = new FakeTimeProvider();
        var collector = ScriptedCollector.Healthy();
        await using var provider = Fleets.Create([collector], services: s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));

        await provider.Fleet().DiagnoseAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(4.9));
        var second = await provider.Fleet().DiagnoseAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(0.1));
        var third = await provider.Fleet().DiagnoseAsync(Cancellation);

        second.Age.Should().Be(TimeSpan.FromSeconds(4.9));
        second.Number.Should().Be(1);
        third.Age.Should().Be(TimeSpan.Zero);
        third.Number.Should().Be(2);
        collector.Calls.Should().Be(2);
    }

    [Fact]
    public async Task DiagnoseAsync_ClockIsSetBack_ReadingStillAges()
    {
        var time = new ClockSetBack();
        var collector = ScriptedCollector.Healthy();
        await using var provider = Fleets.Create([collector], services: s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));

        await provider.Fleet().DiagnoseAsync(Cancellation);
        time.SetBack(TimeSpan.FromMinutes(10));
        time.Advance(TimeSpan.FromSeconds(4));
        var second = await provider.Fleet().DiagnoseAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(1));
        var third = await provider.Fleet().DiagnoseAsync(Cancellation);

        (second.Number, second.Age).Should().Be((1, TimeSpan.FromSeconds(4)));
        third.Number.Should().Be(2);
    }

    /// <summary>A clock that an administrator corrects; its timestamps run on.</summary>
    private sealed class ClockSetBack : FakeTimeProvider
    {
        private TimeSpan _back;

        public void SetBack(TimeSpan back) => _back = back;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - _back;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }

    [Fact]
    public async Task DiagnoseAsync_OneCallerCancels_OthersStillGetTheirs()
    {
        var release = new TaskCompletionSource();
        var collector = ScriptedCollector.JobStore(async token =>
        {
            await release.Task.WaitAsync(token);
            return ScriptedCollector.HealthyStore();
        });
        await using var provider = Fleets.Create([collector]);
        using var impatient = new CancellationTokenSource();

        var cancelled = provider.Fleet().DiagnoseAsync(impatient.Token);
        var patient = provider.Fleet().DiagnoseAsync(Cancellation);
        await impatient.CancelAsync();

        await FluentActions.Awaiting(() => cancelled).Should().ThrowAsync<OperationCanceledException>();
        release.SetResult();
        (await patient).Report.Status.Should().Be(FleetStatus.Healthy);
        collector.Calls.Should().Be(1);
    }

    [Fact]
    public async Task DiagnoseAsync_CollectorStallsAndIgnoresItsToken_ItsSectionsTimeOutAndOthersAreUnharmed()
    {
        var never = new TaskCompletionSource<CollectedEvidence>();
        var stalled = new ScriptedCollector("binaries", [SnapshotSection.Binaries], _ => never.Task);
        await using var provider = Fleets.Create([stalled, ScriptedCollector.Healthy()], o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)));

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Collectors[0].Duration.Should().BeLessThan(TimeSpan.FromMinutes(1), "its own deadline ends it, not that of the whole");
        reading.Snapshot.Binaries.Unavailable.Should().Be(new SectionFailure("timeout", "no answer within the deadline"));
        reading.Snapshot.Workers.IsKnown.Should().BeTrue();
        reading.Collectors.Select(r => (r.Name, r.Failure)).Should().Equal(("binaries", "timeout"), ("store", null));
    }

    [Fact]
    public async Task DiagnoseAsync_CollectorBlocksItsThread_TimesOutAllTheSame()
    {
        using var release = new ManualResetEventSlim();
        var blocking = new ScriptedCollector("binaries", [SnapshotSection.Binaries], _ =>
        {
            release.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return Task.FromResult(new CollectedEvidence());
        });
        await using var provider = Fleets.Create([blocking, ScriptedCollector.Healthy()], o => o.CollectorDeadline = TimeSpan.FromMilliseconds(100));

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);
        release.Set();

        reading.Snapshot.Binaries.Unavailable!.Code.Should().Be("timeout");
        reading.Snapshot.Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task DiagnoseAsync_CollectorStalledFromLastTime_IsNotStartedBesideItself()
    {
        var never = new TaskCompletionSource<CollectedEvidence>();
        var stalled = ScriptedCollector.JobStore(_ => never.Task);
        await using var provider = Fleets.Create([stalled], o =>
        {
            o.CollectorDeadline = TimeSpan.FromMilliseconds(60);
            o.SnapshotMaxAge = TimeSpan.Zero;
        });

        for (var i = 0; i < 3; i++)
        {
            (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.Workers.Unavailable!.Code.Should().Be("timeout");
        }

        stalled.Calls.Should().Be(1);
        stalled.MostAtOnce.Should().Be(1);
        never.SetResult(ScriptedCollector.HealthyStore());
    }

    [Fact]
    public async Task DiagnoseAsync_StalledCollectorAnswersLate_NextReadingIsWhole()
    {
        var late = new TaskCompletionSource<CollectedEvidence>();
        var calls = 0;
        var collector = ScriptedCollector.JobStore(_ => Interlocked.Increment(ref calls) == 1 ? late.Task : Task.FromResult(ScriptedCollector.HealthyStore()));
        await using var provider = Fleets.Create([collector], o =>
        {
            o.CollectorDeadline = TimeSpan.FromMilliseconds(500);
            o.SnapshotMaxAge = TimeSpan.Zero;
        });

        (await provider.Fleet().DiagnoseAsync(Cancellation)).Report.Status.Should().Be(FleetStatus.Inconclusive);
        late.SetException(new InvalidOperationException("too late to matter"));
        (await provider.Fleet().DiagnoseAsync(Cancellation)).Report.Status.Should().Be(FleetStatus.Healthy);
    }

    [Fact]
    public async Task DiagnoseAsync_CollectorThrows_ItsSectionsAreUnavailableWithoutTheMessage()
    {
        var throwing = ScriptedCollector.JobStore(_ => throw new InvalidOperationException("Host=db.internal;Password=CANARY-made-up"));
        await using var provider = Fleets.Create([throwing], services: s => s.AddFakeLogging());

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        var logged = provider.GetRequiredService<FakeLogCollector>().GetSnapshot();
        logged.Should().Contain(r => System.Text.RegularExpressions.Regex.IsMatch(r.Message, "^The collector store threw; its sections are unavailable: System\\.InvalidOperationException: Host=db\\.internal;Password=‹secret:[0-9a-f]{4}›"));
        logged.Should().OnlyContain(r => r.Exception == null && !r.Message.Contains("CANARY", StringComparison.OrdinalIgnoreCase));
        var failure = new SectionFailure("unexpected", "the collector 'store' failed; the host's log says why");
        reading.Snapshot.Workers.Unavailable.Should().Be(failure);
        reading.Snapshot.Queue.Unavailable.Should().Be(failure);
        reading.Snapshot.Database.Unavailable.Should().Be(failure);
        System.Text.Encoding.UTF8.GetString(Json.ReportJson.Write(reading.Report)).Should().NotContainEquivalentOf("CANARY");
    }

    [Fact]
    public async Task DiagnoseAsync_CollectorThrowsAgainAndAgain_IsLoggedOnceUntilItRecovers()
    {
        var outcomes = new Queue<bool>([false, false, true, false]);
        var collector = ScriptedCollector.JobStore(_ => outcomes.Dequeue() ? Task.FromResult(ScriptedCollector.HealthyStore()) : throw new InvalidOperationException("broken"));
        await using var provider = Fleets.Create([collector], o => o.SnapshotMaxAge = TimeSpan.Zero, s => s.AddFakeLogging());
        var logged = new List<int>();

        for (var i = 0; i < 4; i++)
        {
            await provider.Fleet().DiagnoseAsync(Cancellation);
            logged.Add(provider.GetRequiredService<FakeLogCollector>().GetSnapshot().Count(r => r.Message.StartsWith("The collector store threw; its sections are unavailable: System.InvalidOperationException: broken", StringComparison.Ordinal)));
        }

        logged.Should().Equal(1, 1, 1, 2);
    }

    [Fact]
    public async Task CollectAsync_CollectorMayTakeLongerThanTheWhole_EndsAtTheWhole()
    {
        var never = new TaskCompletionSource<CollectedEvidence>();
        var options = Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromMinutes(5), CollectionDeadline = TimeSpan.FromMilliseconds(100) });
        var collection = new SnapshotCollection([ScriptedCollector.JobStore(_ => never.Task)], options, TimeProvider.System, SecretRedactor.PatternsOnly, NullLogger<SnapshotCollection>.Instance);

        var (snapshot, _) = await collection.CollectAsync(Cancellation);

        snapshot.Queue.Unavailable!.Code.Should().Be("timeout");
    }

    [Fact]
    public async Task DiagnoseAsync_TwoSourcesOfOneList_AreJoined()
    {
        var one = new ScriptedCollector("one", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence { Deployments = Section.List(Deployment("a")) }));
        var failed = new ScriptedCollector("failed", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence { Deployments = Section.UnavailableList<DeploymentEvidence>(new SectionFailure("refused")) }));
        var two = new ScriptedCollector("two", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence { Deployments = Section.List(Deployment("b")) }));
        await using var provider = Fleets.Create([one, failed, two]);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.Deployments.Value!.Select(d => d.Name).Should().Equal("a", "b");
        reading.Collectors.Select(c => c.Failure).Should().Equal(null, "refused", null);

        static DeploymentEvidence Deployment(string name) => new() { Platform = DeploymentPlatform.Docker, Name = name, Instances = [new InstanceEvidence { Id = name, State = InstanceState.Running }] };
    }

    [Fact]
    public async Task DisposeAsync_WhileCollecting_EndsTheCollectionAndRefusesFurtherCalls()
    {
        var started = new TaskCompletionSource();
        var collector = ScriptedCollector.JobStore(async token =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new CollectedEvidence();
        });
        var provider = Fleets.Create([collector]);
        var fleet = provider.Fleet();
        var waiting = fleet.DiagnoseAsync(Cancellation);
        await started.Task;

        await provider.DisposeAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Awaiting(() => fleet.DiagnoseAsync(Cancellation)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Theory]
    [InlineData(InstanceState.Running, "permissionDenied", null)]
    [InlineData(InstanceState.Terminated, "permissionDenied", "permissionDenied")]
    [InlineData(InstanceState.Terminated, "not-configured", null)]
    public async Task DiagnoseAsync_OneOfTwoPlatformsFails_NothingRunsOnlyWhereBothWouldShowIt(InstanceState state, string failure, string? expected)
    {
        var docker = new ScriptedCollector("docker", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence
        {
            Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Docker, Name = "worker", Instances = [new InstanceEvidence { Id = "worker-1", State = state }] }),
        }));
        var kubernetes = new ScriptedCollector("kubernetes", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence
        {
            Deployments = Section.UnavailableList<DeploymentEvidence>(new SectionFailure(failure, "the role may not list deployments")),
        }));
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), docker, kubernetes]);

        var deployments = (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.Deployments;

        deployments.Unavailable?.Code.Should().Be(expected);
        deployments.IsKnown.Should().Be(expected is null);
    }
}
