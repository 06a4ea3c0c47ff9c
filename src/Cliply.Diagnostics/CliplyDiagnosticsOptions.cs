using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Environments;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics;

/// <summary>How the fleet is measured and judged; bound from the configuration section <c>Cliply:Diagnostics</c>.</summary>
public sealed class CliplyDiagnosticsOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics";

    /// <summary>
    /// Where the job store is: an Npgsql connection string or a <c>postgres://</c> URL. Default null: then
    /// <c>ConnectionStrings:Cliply</c>, then an <c>NpgsqlDataSource</c> that the host has registered, then the
    /// environment variable <c>DATABASE_URL</c>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The job table: its name, its columns, and how far it is counted.</summary>
    [Required, ValidateObjectMembers]
    public JobStoreOptions JobStore { get; set; } = new();

    /// <summary>The environment variables that a worker needs.</summary>
    [Required, ValidateObjectMembers]
    public EnvironmentOptions Environment { get; set; } = new();

    /// <summary>How much of each worker's log is read.</summary>
    [Required, ValidateObjectMembers]
    public LogTailOptions Logs { get; set; } = new();

    /// <summary>The readings that are kept in memory.</summary>
    [Required, ValidateObjectMembers]
    public HistoryOptions History { get; set; } = new();

    /// <summary>The limits that scenarios compare with.</summary>
    [Required, ValidateObjectMembers]
    public DiagnosisThresholds Thresholds { get; set; } = new();

    /// <summary>
    /// Whether this host's own ffmpeg, yt-dlp and environment are evidence. Default true; false for a host on which no worker
    /// could run, such as a web API: they are not collected then, and count neither for health checks nor for readiness.
    /// </summary>
    public bool LocalEvidence { get; set; } = true;

    /// <summary>How long one collector may take, less than the whole. Default 2 seconds.</summary>
    [DurationRange("00:00:00.050", "00:05:00")]
    public TimeSpan CollectorDeadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a whole collection may take. Default 3 seconds.</summary>
    [DurationRange("00:00:00.050", "00:05:00")]
    public TimeSpan CollectionDeadline { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a snapshot serves further callers before the next collection. Default 5 seconds; 0: not at all.</summary>
    [DurationRange("00:00:00", "01:00:00")]
    public TimeSpan SnapshotMaxAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many snapshots in a row must agree before a health check changes its status. Default 1: at once.</summary>
    [Range(1, 100)]
    public int ReadingsBeforeChange { get; set; } = 1;

    /// <summary>Whether email addresses are replaced like secrets wherever text leaves the process. Default false.</summary>
    public bool RedactEmails { get; set; }

    /// <summary>
    /// Whether IPv4 and IPv6 addresses are replaced like secrets wherever text leaves the process; loopback stays. A version
    /// of four numbers up to 255 reads like an address. Default false.
    /// </summary>
    public bool RedactIpAddresses { get; set; }

    internal RedactionOptions Redaction => new() { Emails = RedactEmails, IpAddresses = RedactIpAddresses };
}
