using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.Classification;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>
/// How a worker announces itself; bound from the configuration section <c>Cliply:Diagnostics:WorkerHeartbeat</c>. Where the
/// table is and how long a silent worker stays known are options that readers need as well: see
/// <see cref="JobStores.JobStoreOptions.WorkersTable"/> and <see cref="JobStores.JobStoreOptions.WorkersRetainedFor"/>.
/// </summary>
public sealed class WorkerHeartbeatOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:WorkerHeartbeat";

    /// <summary>
    /// How often the worker announces itself. Default 5 seconds. Must be less than
    /// <see cref="DiagnosisThresholds.HeartbeatFresh"/>.
    /// </summary>
    [DurationRange("00:00:00.100", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The worker's id; the same text that it writes into the job table's <c>locked_by</c>, and one that no other process
    /// uses. Default null: <c>{hostname}:{pid}:{start in ms}</c>, to be read from <see cref="IWorkerActivity.WorkerId"/>.
    /// </summary>
    [StringLength(300, MinimumLength = 1)]
    public string? WorkerId { get; set; }

    /// <summary>The worker's version, for people. Default null: the informational version of the program.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string? Version { get; set; }
}
