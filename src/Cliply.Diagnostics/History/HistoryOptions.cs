using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Collection;

namespace Cliply.Diagnostics.History;

/// <summary>
/// The readings that are kept in the host's memory, so that what changes over time is seen: a number of workers that
/// falls to 0 and returns (runbook: scenario 4), dead letters that grow.
/// </summary>
public sealed class HistoryOptions
{
    /// <summary>How far back readings are kept. Default 1 hour; at least <see cref="DiagnosisThresholds.FluctuationWindow"/>.</summary>
    [DurationRange("00:01:00", "7.00:00:00")]
    public TimeSpan Length { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// At most one reading is kept in this time. Default 15 seconds; at most <see cref="DiagnosisThresholds.FluctuationWindow"/>,
    /// and at most 10,000 of them in <see cref="Length"/>.
    /// </summary>
    [DurationRange("00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Takes a reading in the background each <see cref="Interval"/> where nobody asked for one, the first an interval after
    /// the host has started. It is shared as any other: collections stay at one per
    /// <see cref="CliplyDiagnosticsOptions.SnapshotMaxAge"/>, which makes the distance of readings where it is the longer
    /// one. Default true; false: only readings that somebody asks <see cref="IFleetDiagnostics"/> for are kept.
    /// </summary>
    public bool InBackground { get; set; } = true;
}
