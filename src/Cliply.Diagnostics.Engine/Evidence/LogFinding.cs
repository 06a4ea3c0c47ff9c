namespace Cliply.Diagnostics.Evidence;

/// <summary>A pattern that was found in a log.</summary>
public sealed record LogFinding
{
    /// <summary>The pattern's code.</summary>
    public required string Pattern { get; init; }

    /// <summary>In how many lines; null: not counted.</summary>
    public long? Count { get; init; }

    /// <summary>The time of the first such line; null: not observable.</summary>
    public DateTimeOffset? FirstAt { get; init; }

    /// <summary>The time of the newest such line; null: not observable.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>One such line, redacted and without control characters.</summary>
    public string? Sample { get; init; }
}
