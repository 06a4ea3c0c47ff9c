namespace Cliply.Diagnostics.Evidence;

/// <summary>The job queue in numbers. Null means: not observable.</summary>
public sealed record QueueEvidence
{
    /// <summary>Waiting and due now.</summary>
    public required long Runnable { get; init; }

    /// <summary>Waiting with a start in the future: normal for retries with backoff.</summary>
    public long? Scheduled { get; init; }

    /// <summary>Claimed by a worker and not finished.</summary>
    public required long Running { get; init; }

    /// <summary>Failed with retries left.</summary>
    public long? Failed { get; init; }

    /// <summary>Retries exhausted.</summary>
    public required long DeadLetter { get; init; }

    /// <summary>How long the oldest runnable job has been due, in seconds; null when none is.</summary>
    public long? OldestRunnableAgeSeconds { get; init; }

    /// <summary>Running jobs whose heartbeat is older than the stale threshold.</summary>
    public long? StaleRunning { get; init; }

    /// <summary>Jobs claimed in the last 5 minutes.</summary>
    public long? ClaimedLast5Minutes { get; init; }

    /// <summary>Jobs completed in the last 5 minutes.</summary>
    public long? CompletedLast5Minutes { get; init; }

    /// <summary>Attempts failed in the last 5 minutes.</summary>
    public long? FailedLast5Minutes { get; init; }

    /// <summary>Jobs that became dead letters in the last hour.</summary>
    public long? DeadLetteredLastHour { get; init; }

    /// <summary>Counts that stopped at the counting cap, by their JSON names; they are used as they are.</summary>
    public IReadOnlyList<string>? LowerBounds { get; init; }

    /// <summary>Failed and dead-lettered jobs grouped by error pattern.</summary>
    public IReadOnlyList<QueueError>? Errors { get; init; }

    /// <summary>The same counts by job kind; null: not given.</summary>
    public IReadOnlyList<QueueKind>? Kinds { get; init; }
}
