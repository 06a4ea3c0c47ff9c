using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Collection;

/// <summary>What one collection gave.</summary>
internal sealed record CollectedSnapshot(DiagnosticSnapshot Snapshot, IReadOnlyList<CollectorRun> Collectors)
{
    /// <summary>How old what another host has collected is; zero where this host has collected all of it.</summary>
    public TimeSpan Age { get; init; }
}
