namespace Cliply.Diagnostics.Evidence;

/// <summary>Failed and dead-lettered jobs that share an error pattern.</summary>
public sealed record QueueError
{
    /// <summary>The code of the log pattern; null: the error matches none.</summary>
    public string? Pattern { get; init; }

    /// <summary>How many jobs; null: not observable.</summary>
    public long? Count { get; init; }

    /// <summary>When the newest of them failed; null: not observable.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The kinds of these jobs.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    /// <summary>One error text, redacted and without control characters.</summary>
    public string? Sample { get; init; }
}
