using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Collection;

/// <summary>
/// Measures some sections of the snapshot. Registered as a service; all registered collectors run at once, each under
/// its own deadline, and none can harm another.
/// </summary>
public interface IEvidenceCollector
{
    /// <summary>A short name for logs and metrics, such as <c>postgresql</c>.</summary>
    string Name { get; }

    /// <summary>The sections that this collector fills; unavailable when it fails or runs into its deadline.</summary>
    IReadOnlyList<SnapshotSection> Sections { get; }

    /// <summary>
    /// Whether it sees the same from every host of the fleet, so that hosts that share their snapshots
    /// (<c>ShareSnapshots</c>) need only one of them to run it. Default false: it shows something of this host or machine,
    /// and always runs.
    /// </summary>
    bool SeesWholeFleet => false;

    /// <summary>
    /// Measures. An expected failure is a value, the section's <see cref="SectionFailure"/>; what is thrown makes all
    /// of <see cref="Sections"/> unavailable with the code <c>unexpected</c> and without its message.
    /// </summary>
    /// <param name="cancellationToken">Signals the deadline; nothing waits for a collector that ignores it.</param>
    Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken);
}
