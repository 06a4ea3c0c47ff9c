namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>One job, with all that explains it. Texts are redacted, without control characters, and cut. Null means: the table does not tell.</summary>
internal sealed record JobDetails
{
    /// <summary>The database's clock, which ages are computed against.</summary>
    public required DateTimeOffset Now { get; init; }

    public required JobTable Table { get; init; }

    public required JobRowShape Shape { get; init; }

    /// <summary>As it is in the table.</summary>
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required string State { get; init; }

    public JobState Meaning { get; init; }

    public long? Priority { get; init; }

    public long? Attempts { get; init; }

    public long? MaxAttempts { get; init; }

    public string? WorkspaceId { get; init; }

    /// <summary>When it is due; null: at once, or the table does not tell.</summary>
    public DateTimeOffset? RunAt { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DateTimeOffset? LockedAt { get; init; }

    public string? LockedBy { get; init; }

    public DateTimeOffset? HeartbeatAt { get; init; }

    public string? Error { get; init; }

    /// <summary>The code of the log pattern that the error shows; null: it shows none.</summary>
    public string? ErrorPattern { get; init; }

    /// <summary>What the JSON of the error says besides its message: reason, failed_at, worker_id.</summary>
    public IReadOnlyDictionary<string, string> ErrorNotes { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: none.</summary>
    public JobDocument? Payload { get; init; }

    /// <summary>Null: none.</summary>
    public JobDocument? Result { get; init; }

    public required JobEvents Events { get; init; }
}
