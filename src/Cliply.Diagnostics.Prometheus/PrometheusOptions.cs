using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// Which Prometheus-compatible server is asked, for which series; bound from the configuration section
/// <c>Cliply:Diagnostics:Prometheus</c>. No message of this library shows the URL, a header or a credential.
/// </summary>
public sealed class PrometheusOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Prometheus";

    /// <summary>
    /// The server's base URL, http or https, with the path that its API is under: <c>http://prometheus:9090</c>,
    /// <c>https://metrics.example/prometheus</c>, for Thanos that of the querier. Without user, query or fragment. Default
    /// null: nothing is asked, and the history is not configured.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>
    /// The label matchers for the metrics of this library, as between the braces of PromQL:
    /// <c>job="cliply", cluster=~"eu-.+"</c>. Default empty: all series. Where several hosts that watch one fleet match, the
    /// highest of their numbers counts; so they must not match several fleets.
    /// </summary>
    [Required(AllowEmptyStrings = true)]
    public string Matchers { get; set; } = "";

    /// <summary>
    /// The label matchers for kube-state-metrics' series of the workers' containers, likewise. Default
    /// <c>container="worker"</c> (runbook: Monitoring). A matcher for the cluster belongs into both.
    /// </summary>
    [Required(AllowEmptyStrings = true)]
    public string ContainerMatchers { get; set; } = "container=\"worker\"";

    /// <summary>How far back the history is read. Default 1 hour; at least <see cref="DiagnosisThresholds.FluctuationWindow"/>.</summary>
    [DurationRange("00:01:00", "7.00:00:00")]
    public TimeSpan Range { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The distance of the points that are read. Default 15 seconds; at most 10,000 of them fit into <see cref="Range"/>.</summary>
    [DurationRange("00:00:01", "01:00:00")]
    public TimeSpan Step { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How the workers of the scraped hosts become visible, which their metrics don't say; it counts only where this host
    /// has no job store of its own. Default <see cref="LivenessSource.JobLocks"/>, from which less may be concluded: no
    /// worker at all can then be an idle fleet. <see cref="LivenessSource.Registry"/> where the workers write heartbeats.
    /// </summary>
    [EnumDataType(typeof(LivenessSource))]
    public LivenessSource LivenessSource { get; set; } = LivenessSource.JobLocks;

    /// <summary>A token that is sent as <c>Authorization: Bearer …</c>. Default null.</summary>
    public string? BearerToken { get; set; }

    /// <summary>The user for basic authentication. Default null.</summary>
    public string? UserName { get; set; }

    /// <summary>The password that belongs to <see cref="UserName"/>. Default null.</summary>
    public string? Password { get; set; }

    /// <summary>Further headers, such as <c>X-Scope-OrgID</c>, which names the tenant for Mimir.</summary>
    [Required]
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
