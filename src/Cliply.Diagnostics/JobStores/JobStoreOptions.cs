using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.Classification;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.JobStores;

/// <summary>The job table. Names are quoted as identifiers; nothing else of the options gets into a statement.</summary>
public sealed class JobStoreOptions
{
    /// <summary>The schema of the tables and worker functions. Default <c>public</c>. SQLite has none.</summary>
    [Required, StringLength(63, MinimumLength = 1)]
    public string Schema { get; set; } = "public";

    /// <summary>The job table. Default <c>jobs</c>.</summary>
    [Required, StringLength(63, MinimumLength = 1)]
    public string Table { get; set; } = "jobs";

    /// <summary>The table of job events; not needed. Default <c>job_events</c>.</summary>
    [Required, StringLength(63, MinimumLength = 1)]
    public string EventsTable { get; set; } = "job_events";

    /// <summary>
    /// The table in which workers announce themselves, written by <c>AddCliplyWorkerHeartbeat</c>; not needed. Default
    /// <c>cliply_workers</c>.
    /// </summary>
    [Required, StringLength(63, MinimumLength = 1)]
    public string WorkersTable { get; set; } = "cliply_workers";

    /// <summary>
    /// How long a worker that announced itself stays known after its last beat, unless it stops cleanly. Until then it counts
    /// as active, and as stale after <see cref="DiagnosisThresholds.HeartbeatStale"/>, which must be less; then it is no
    /// worker any more, and its row is removed. Set it alike for workers and readers. Default 1 hour.
    /// </summary>
    [DurationRange("00:00:00.001", "30.00:00:00")]
    public TimeSpan WorkersRetainedFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The columns; by default found by looking at the catalog.</summary>
    [Required, ValidateObjectMembers]
    public JobColumnOptions Columns { get; set; } = new();

    /// <summary>Counting stops at this many rows of a sort. Default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int CountingCap { get; set; } = 10_000;
}
