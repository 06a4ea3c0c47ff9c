using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.JobStores;

/// <summary>
/// Column names of the job table. A name that is null is looked for among the current and the older names; one that is
/// given must exist.
/// </summary>
public sealed class JobColumnOptions
{
    /// <summary>The job's state. Looked for: <c>state</c>, <c>status</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? State { get; set; }

    /// <summary>The job's kind. Looked for: <c>kind</c>, <c>type</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? Kind { get; set; }

    /// <summary>When the job is due. Looked for: <c>run_at</c>, <c>run_after</c>, <c>next_run_at</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? RunAt { get; set; }

    /// <summary>The worker that holds the job. Looked for: <c>locked_by</c>, <c>worker_id</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? LockedBy { get; set; }

    /// <summary>When the worker took the job. Looked for: <c>locked_at</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? LockedAt { get; set; }

    /// <summary>The worker's last sign of life on this job. Looked for: <c>heartbeat_at</c>, <c>last_heartbeat</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? HeartbeatAt { get; set; }

    /// <summary>When the job was queued. Looked for: <c>created_at</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? CreatedAt { get; set; }

    /// <summary>When the row changed last. Looked for: <c>updated_at</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? UpdatedAt { get; set; }

    /// <summary>The text of the last failure. Looked for: <c>last_error</c>, then <c>message</c> in the JSON of <c>error</c>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? LastError { get; set; }
}
