namespace Cliply.Diagnostics.JobStores;

/// <summary>The columns of the job table that are read; null where the table has none.</summary>
internal sealed record JobColumns
{
    public required string State { get; init; }

    public required string Kind { get; init; }

    public required string LockedBy { get; init; }

    public string? RunAt { get; init; }

    public string? LockedAt { get; init; }

    public string? HeartbeatAt { get; init; }

    public string? CreatedAt { get; init; }

    public string? UpdatedAt { get; init; }

    public string? LastError { get; init; }

    /// <summary>A JSON column with the failure's <c>message</c>; read only where there is no <see cref="LastError"/>.</summary>
    public string? ErrorJson { get; init; }

    /// <summary>
    /// Chooses column by column: the option's name, or the live one of the two generations of names, the first that exists.
    /// </summary>
    /// <param name="existing">The table's columns.</param>
    /// <param name="options">Names that the host gives.</param>
    /// <param name="missing">What is needed and not there, for people; null on success.</param>
    /// <returns>The columns; null where one that is needed is not there.</returns>
    public static JobColumns? Resolve(IReadOnlySet<string> existing, JobColumnOptions options, out string? missing)
    {
        string? problem = null;
        var state = Find(options.State, true, "state", "status");
        var kind = Find(options.Kind, true, "kind", "type");
        var lockedBy = Find(options.LockedBy, true, "locked_by", "worker_id");
        var runAt = Find(options.RunAt, false, "run_at", "run_after", "next_run_at");
        var lockedAt = Find(options.LockedAt, false, "locked_at");
        var heartbeatAt = Find(options.HeartbeatAt, false, "heartbeat_at", "last_heartbeat");
        var createdAt = Find(options.CreatedAt, false, "created_at");
        var updatedAt = Find(options.UpdatedAt, false, "updated_at");
        var lastError = Find(options.LastError, false, "last_error");

        missing = problem;
        return problem is not null
            ? null
            : new JobColumns
            {
                State = state!,
                Kind = kind!,
                LockedBy = lockedBy!,
                RunAt = runAt,
                LockedAt = lockedAt,
                HeartbeatAt = heartbeatAt,
                CreatedAt = createdAt,
                UpdatedAt = updatedAt,
                LastError = lastError,
                ErrorJson = lastError is null && existing.Contains("error") ? "error" : null,
            };

        string? Find(string? given, bool needed, params string[] names)
        {
            string[] candidates = given is null ? names : [given];
            var found = Array.Find(candidates, existing.Contains);
            if (found is null && (needed || given is not null))
            {
                problem ??= $"column {string.Join(" or ", candidates)}";
            }

            return found;
        }
    }
}
