using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.JobStores;

/// <summary>Takes the chosen job store's place among the collectors, so that the order of registrations does not matter.</summary>
internal sealed class JobStoreCollector(IJobStoreCollector store) : IEvidenceCollector
{
    public string Name => store.Name;

    public IReadOnlyList<SnapshotSection> Sections => store.Sections;

    public bool SeesWholeFleet => true;

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) => store.CollectAsync(cancellationToken);
}
