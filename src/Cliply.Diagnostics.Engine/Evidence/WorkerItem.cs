namespace Cliply.Diagnostics.Evidence;

/// <summary>One worker.</summary>
public sealed record WorkerItem
{
    /// <summary>The worker's own name, such as <c>host:pid:start</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its newest heartbeat; null when it never sent one.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>How many jobs it runs; null: not observable.</summary>
    public long? RunningJobs { get; init; }
}
