namespace Cliply.Diagnostics.Evidence;

/// <summary>The workers that can be seen, and when they last showed that they live.</summary>
public sealed record WorkersEvidence
{
    /// <summary>How workers become visible; decides what "none" means.</summary>
    public required LivenessSource LivenessSource { get; init; }

    /// <summary>Distinct workers known, stale ones included.</summary>
    public required long Active { get; init; }

    /// <summary>Of them, those whose heartbeat is older than the stale threshold; null: not observable.</summary>
    public long? Stale { get; init; }

    /// <summary>The newest heartbeat of all; null when none was ever seen.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>The workers one by one, where the source tells; may be cut.</summary>
    public IReadOnlyList<WorkerItem>? Items { get; init; }
}
