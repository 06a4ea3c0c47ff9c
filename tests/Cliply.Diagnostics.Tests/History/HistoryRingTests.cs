using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.History;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.History;

public sealed class HistoryRingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Fill_NoEarlierReading_LeavesTheHistoryNotCollected()
    {
        var ring = Ring();

        ring.Fill(Snapshot(active: 2)).History.IsNotCollected.Should().BeTrue();
    }

    [Fact]
    public void Fill_EarlierReadings_GivesThemOldestFirstWithoutThePresentOne()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 2, runnable: 7, deadLetter: 1));
        Add(ring, Snapshot(active: 0, runnable: 9, deadLetter: 3));

        var history = ring.Fill(Snapshot(active: 5)).History;

        history.Value.Should().Equal(
            new HistoryPoint { At = At(0), ActiveWorkers = 2, Runnable = 7, DeadLetter = 1 },
            new HistoryPoint { At = At(15), ActiveWorkers = 0, Runnable = 9, DeadLetter = 3 });
    }

    [Fact]
    public void Fill_SectionsUnknown_PointsAreNullNotZero()
    {
        var ring = Ring();
        Add(ring, new DiagnosticSnapshot { SchemaVersion = 1, CapturedAt = _time.GetUtcNow(), Workers = new SectionFailure("timeout"), Queue = new SectionFailure("timeout") });

        ring.Fill(Snapshot(active: 2)).History.Value.Should().Equal(new HistoryPoint { At = At(0) });
    }

    [Fact]
    public void Fill_HistoryOfACollector_IsLeftAsItIs()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 2));
        var collected = Snapshot(active: 2) with { History = Section.List(new HistoryPoint { At = At(-600), ActiveWorkers = 4 }) };

        ring.Fill(collected).Should().BeSameAs(collected);
    }

    [Fact]
    public void OldestRunnableAges_ReadingsKept_TellZeroFromUnknown()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 2) with { Queue = new QueueEvidence { Runnable = 4, Running = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 90 } });
        Add(ring, Snapshot(active: 2) with { Queue = new QueueEvidence { Runnable = 0, Running = 0, DeadLetter = 0 } });
        Add(ring, Snapshot(active: 2) with { Queue = new SectionFailure("timeout") });

        ring.OldestRunnableAges().Should().Equal((At(0), 90L), (At(15), 0L), (At(30), null));
    }

    [Fact]
    public void Fill_HistoryOfACollectorFailed_GivesTheRing()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 2));
        var failed = Snapshot(active: 2) with { History = Section.UnavailableList<HistoryPoint>(new SectionFailure("refused", "no answer")) };

        ring.Fill(failed).History.Value.Should().ContainSingle().Which.ActiveWorkers.Should().Be(2);
    }

    [Fact]
    public void Fill_HistoryOfACollectorFailedBeforeTheFirstReading_KeepsTheReason()
    {
        var failed = Snapshot(active: 2) with { History = Section.UnavailableList<HistoryPoint>(new SectionFailure("refused", "no answer")) };

        Ring().Fill(failed).History.Unavailable.Should().Be(new SectionFailure("refused", "no answer"));
    }

    [Fact]
    public void Fill_CountsOfAnotherLivenessSource_AreLeftOut()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 1, LivenessSource.JobLocks));
        Add(ring, Snapshot(active: 3));

        ring.Fill(Snapshot(active: 3)).History.Value!.Select(p => p.ActiveWorkers).Should().Equal(null, 3);
    }

    [Fact]
    public void Fill_ReadingsOlderThanTheLength_AreLeftOut()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 1));
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(15));
        Add(ring, Snapshot(active: 2), advance: TimeSpan.Zero);

        ring.Fill(Snapshot(active: 3)).History.Value!.Select(p => p.ActiveWorkers).Should().Equal(1, 2);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        ring.Fill(Snapshot(active: 3)).History.Value!.Select(p => p.ActiveWorkers).Should().Equal(2);
    }

    [Fact]
    public void Fill_ClockWentBack_IsStillOldestFirst()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 1) with { CapturedAt = At(40) });
        Add(ring, Snapshot(active: 2) with { CapturedAt = At(20) });

        ring.Fill(Snapshot(active: 3)).History.Value!.Select(p => p.ActiveWorkers).Should().Equal(2, 1);
    }

    [Fact]
    public void Add_WithinTheInterval_KeepsTheFirstOnly()
    {
        var ring = Ring();

        ring.Add(Snapshot(active: 1)).Should().BeTrue();
        _time.Advance(TimeSpan.FromSeconds(14.999));
        ring.Add(Snapshot(active: 2)).Should().BeFalse();
        ring.UntilDue.Should().Be(TimeSpan.FromMilliseconds(1));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        ring.UntilDue.Should().Be(TimeSpan.Zero);
        ring.Add(Snapshot(active: 3)).Should().BeTrue();

        ring.Fill(Snapshot(active: 0)).History.Value!.Select(p => p.ActiveWorkers).Should().Equal(1, 3);
    }

    [Fact]
    public void Add_Full_ReplacesTheOldest()
    {
        var ring = Ring();
        for (var i = 0; i < 500; i++)
        {
            Add(ring, Snapshot(active: i));
        }

        // One for each of the 240 intervals of an hour; that of just an hour ago is the present one's neighbour.
        ring.Fill(Snapshot(active: 0)).History.Value!.Select(p => p.ActiveWorkers).Should().Equal(Enumerable.Range(260, 240).Select(i => (long?)i));
    }

    [Fact]
    public void Add_Full_AllocatesNothing()
    {
        var ring = Ring();
        var snapshot = Snapshot(active: 2) with
        {
            Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Docker, Name = "worker", Instances = [new InstanceEvidence { Id = "a", State = InstanceState.Running, Restarts = 3 }] }),
        };
        for (var i = 0; i < 300; i++)
        {
            Add(ring, snapshot);
        }

        // The runtime itself allocates now and then while code is new; what a call allocates would show in every round.
        var advancing = Enumerable.Range(0, 5).Min(_ => Allocated(() => _time.Advance(TimeSpan.FromSeconds(15))));
        var skipping = Enumerable.Range(0, 5).Min(_ => Allocated(() => ring.Add(snapshot)));
        var keeping = Enumerable.Range(0, 5).Min(_ => Allocated(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            ring.Add(snapshot);
        }));

        ring.Fill(snapshot).History.Value.Should().HaveCount(241);
        skipping.Should().Be(0);
        keeping.Should().Be(advancing);
    }

    [Theory]
    [InlineData(new[] { 3L, 4L }, 7L)]
    [InlineData(new[] { 3L, -1L }, null)]
    [InlineData(new long[0], null)]
    public void Add_Restarts_AreTheSumWhereEveryInstanceTells(long[] restarts, long? expected)
    {
        var ring = Ring();
        var deployments = restarts.Select(r => new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Kubernetes,
            Name = "worker",
            Instances = [new InstanceEvidence { Id = "a", State = InstanceState.Running, Restarts = r < 0 ? null : r }],
        }).ToList();
        Add(ring, Snapshot(active: 1) with { Deployments = Section.List<DeploymentEvidence>(deployments) });

        ring.Fill(Snapshot(active: 1)).History.Value!.Single().Restarts.Should().Be(expected);
    }

    [Fact]
    public void Add_DeploymentWithoutInstances_RestartsAreNotKnown()
    {
        var ring = Ring();
        Add(ring, Snapshot(active: 1) with { Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Kubernetes, Name = "worker" }) });

        ring.Fill(Snapshot(active: 1)).History.Value!.Single().Restarts.Should().BeNull();
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private HistoryRing Ring() => new(Options.Create(new CliplyDiagnosticsOptions()), _time);

    private void Add(HistoryRing ring, DiagnosticSnapshot snapshot, TimeSpan? advance = null)
    {
        ring.Add(snapshot).Should().BeTrue();
        _time.Advance(advance ?? TimeSpan.FromSeconds(15));
    }

    private DiagnosticSnapshot Snapshot(long active, LivenessSource source = LivenessSource.Registry, long runnable = 0, long deadLetter = 0) => new()
    {
        SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
        CapturedAt = _time.GetUtcNow(),
        Workers = new WorkersEvidence { LivenessSource = source, Active = active },
        Queue = new QueueEvidence { Runnable = runnable, Running = 0, DeadLetter = deadLetter },
    };

    private static DateTimeOffset At(int seconds) => new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
}
