using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.SampleFleet;

/// <summary>A collector of the host's own: it knows what runs here.</summary>
internal sealed class FleetCollector(WorkerFleet fleet) : IEvidenceCollector
{
    public string Name => "sample-fleet";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments];

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new CollectedEvidence { Deployments = Section.List(fleet.Describe()) });
}
