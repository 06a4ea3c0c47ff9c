using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Tests.Fakes;

/// <summary>A collector whose behaviour a test writes; counts how often it is asked, and how often at the same time.</summary>
internal sealed class ScriptedCollector(string name, IReadOnlyList<SnapshotSection> sections, Func<CancellationToken, Task<CollectedEvidence>> collect) : IEvidenceCollector
{
    private int _calls;
    private int _atOnce;
    private int _mostAtOnce;

    public string Name => name;

    public IReadOnlyList<SnapshotSection> Sections => sections;

    public bool SeesWholeFleet { get; init; }

    public int Calls => _calls;

    public int MostAtOnce => _mostAtOnce;

    public static ScriptedCollector JobStore(Func<CancellationToken, Task<CollectedEvidence>> collect) =>
        new("store", [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database], collect);

    public static ScriptedCollector Healthy(DateTimeOffset? capturedAt = null) => JobStore(_ => Task.FromResult(HealthyStore(capturedAt)));

    public static CollectedEvidence HealthyStore(DateTimeOffset? capturedAt = null)
    {
        var now = capturedAt ?? TimeProvider.System.GetUtcNow();
        return new CollectedEvidence
        {
            CapturedAt = now,
            Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 0, LastHeartbeatAt = now.AddSeconds(-4) },
            Queue = new QueueEvidence { Runnable = 3, Scheduled = 0, Running = 1, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 20, StaleRunning = 0 },
            Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, LatencyMilliseconds = 1.5, MissingFunctions = [] },
        };
    }

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var now = Interlocked.Increment(ref _atOnce);
        InterlockedMax(ref _mostAtOnce, now);
        try
        {
            return await collect(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int current;
        while ((current = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, current) != current)
        {
        }
    }
}
