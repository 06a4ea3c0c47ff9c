using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>When a host is ready; bound from the configuration section <c>Cliply:Diagnostics:Probes</c>.</summary>
public sealed class ProbeOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Probes";

    /// <summary>
    /// How long <c>/readyz</c> waits for a collection. After that the last reading answers, where it is not older than
    /// <see cref="MaxAge"/>. Default 800 ms, for Kubernetes gives a probe 1 s.
    /// </summary>
    [DurationRange("00:00:00.010", "00:01:00")]
    public TimeSpan Budget { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>
    /// A reading older than this says nothing: the host is not ready then. At least
    /// <see cref="CliplyDiagnosticsOptions.SnapshotMaxAge"/> and <see cref="CliplyDiagnosticsOptions.CollectionDeadline"/>
    /// together. Default 30 s.
    /// </summary>
    [DurationRange("00:00:00.010", "01:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The diagnoses that make the host unready while they are critical. Of this host's own environment, binaries and database,
    /// unknown counts as well. Default <c>environment-incomplete</c>, <c>ffmpeg-unavailable</c>, <c>yt-dlp-unavailable</c> and
    /// <c>database-unavailable</c>; not the state of the fleet, since a web host must not leave the load balancer because workers
    /// are stuck. A list in the configuration replaces the default.
    /// </summary>
    [Required]
    public IList<string> UnreadyDiagnoses { get; set; } =
    [
        DiagnosisCodes.EnvironmentIncomplete,
        DiagnosisCodes.FfmpegUnavailable,
        DiagnosisCodes.YtDlpUnavailable,
        DiagnosisCodes.DatabaseUnavailable,
    ];
}
