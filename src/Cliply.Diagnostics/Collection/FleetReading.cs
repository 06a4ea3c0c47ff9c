using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Collection;

/// <summary>One collection and what it means.</summary>
public sealed record FleetReading
{
    /// <summary>What was measured.</summary>
    public required DiagnosticSnapshot Snapshot { get; init; }

    /// <summary>What it means.</summary>
    public required DiagnosticReport Report { get; init; }

    /// <summary>When the collection ended, by this host's clock; also where another host has collected (<c>ShareSnapshots</c>).</summary>
    public required DateTimeOffset CollectedAt { get; init; }

    /// <summary>How old the reading was when it was handed out; zero when this host collected it for this call.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>
    /// How long each collector took that this host ran. Where it has taken the rest from another host, or tried to, one
    /// named <c>shared</c> says so.
    /// </summary>
    public required IReadOnlyList<CollectorRun> Collectors { get; init; }

    /// <summary>Counts the readings of this host, from 1.</summary>
    public required long Number { get; init; }
}
