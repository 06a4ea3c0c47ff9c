namespace Cliply.Diagnostics.Evidence;

/// <summary>The database that holds the queue.</summary>
public sealed record DatabaseEvidence
{
    /// <summary>Whether it answers, and if not, why.</summary>
    public required DatabaseStatus Status { get; init; }

    /// <summary>One round trip in milliseconds; null when there was none.</summary>
    public double? LatencyMilliseconds { get; init; }

    /// <summary>The SQLSTATE of the failure; null where the driver reports none.</summary>
    public string? SqlState { get; init; }

    /// <summary>
    /// Of the worker functions that a store of this kind has, those that are not there; empty where the store has none
    /// of them at all.
    /// </summary>
    public IReadOnlyList<string>? MissingFunctions { get; init; }

    /// <summary>Indexes without which reading the queue costs a scan.</summary>
    public IReadOnlyList<MissingIndex>? MissingIndexes { get; init; }
}
