namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>A job that ran out of retries. Texts are redacted, without control characters, and cut.</summary>
internal sealed record DeadLetter
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public long? Attempts { get; init; }

    public long? MaxAttempts { get; init; }

    /// <summary>When its row changed last; null: the table does not tell.</summary>
    public DateTimeOffset? DeadSince { get; init; }

    /// <summary>The code of the log pattern that the error shows; null: it shows none.</summary>
    public string? Pattern { get; init; }

    public string? Error { get; init; }
}
