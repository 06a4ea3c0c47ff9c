namespace Cliply.Diagnostics.Evidence;

/// <summary>The counts of one job kind. Null means: not observable.</summary>
public sealed record QueueKind
{
    /// <summary>The kind's name, such as TRANSCRIBE.</summary>
    public required string Kind { get; init; }

    /// <summary>Waiting and due now.</summary>
    public long? Runnable { get; init; }

    /// <summary>Waiting with a start in the future.</summary>
    public long? Scheduled { get; init; }

    /// <summary>Claimed by a worker and not finished.</summary>
    public long? Running { get; init; }

    /// <summary>Failed with retries left.</summary>
    public long? Failed { get; init; }

    /// <summary>Retries exhausted.</summary>
    public long? DeadLetter { get; init; }

    /// <summary>How long the oldest runnable job has been due, in seconds; null when none is.</summary>
    public long? OldestRunnableAgeSeconds { get; init; }
}
