using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.Tests.Fakes;

/// <summary>A job store that tests switch off, and that counts how often it is read.</summary>
internal sealed class ScriptedStore(TimeProvider time) : IJobStoreCollector
{
    private int _calls;

    public string Name => "store";

    public string Identity { get; init; } = "db:5432/jobs";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database];

    public int Calls => _calls;

    public bool IsDown { get; set; }

    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var at = time.GetUtcNow();
        await Before();
        return IsDown ? new JobStoreFailure(DatabaseStatus.Refused, "nothing listens at its address").ToEvidence() : ScriptedCollector.HealthyStore(at);
    }

    public Task<JobStoreReply?> ReachAsync(CancellationToken cancellationToken) =>
        Task.FromResult(IsDown ? null : new JobStoreReply(time.GetUtcNow(), 0.25));
}
