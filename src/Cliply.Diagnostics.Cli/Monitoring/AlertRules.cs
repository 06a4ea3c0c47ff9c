using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>
/// The alerts on the library's metrics. Replicas of a host export the same fleet, so that all but ffmpeg, which each has or has
/// not, is aggregated by job.
/// </summary>
internal sealed class AlertRules
{
    private const string Monitoring = $"{AlertsCommand.RunbookFile}#monitoring--alerts";
    private const string Section = nameof(CliplyDiagnosticsOptions.Thresholds);

    private readonly DiagnosisThresholds _limits;
    private readonly string _job;
    private readonly string _container;

    private AlertRules(DiagnosisThresholds limits, string? job, string container)
    {
        _limits = limits;
        _job = job is null ? "" : PromQl.Equal("job", job);
        _container = container;
    }

    /// <param name="limits">The limits in force.</param>
    /// <param name="job">The only scrape job to look at; null: all.</param>
    /// <param name="container">The name of the workers' container, for restarts that kube-state-metrics counts.</param>
    public static IReadOnlyList<AlertRule> Create(DiagnosisThresholds limits, string? job, string container)
    {
        var rules = new AlertRules(limits, job, container);
        return
        [
            rules.NoActiveWorkers(), rules.WorkerHeartbeatStale(), rules.WorkerCrashLoop(), rules.QueueBacklog(), rules.OldestJobWaiting(), rules.DeadLetters(),
            rules.DeadLettersCritical(), rules.FfmpegUnavailable(), rules.DatabaseUnavailable(), rules.CollectionFailing(), rules.CliplyMetricsAbsent(),
        ];
    }

    private AlertRule NoActiveWorkers() => new()
    {
        Name = "NoActiveWorkers",
        Expression = $"""
            max by (job) ({Select("cliply_workers_active")}) == 0
              and on (job) max by (job) ({Select("cliply_jobs_pending")}) > 0
            or
            max by (job) ({Diagnosis(DiagnosisCodes.NoWorkersRunning, Severity.Critical)}) == 1
            """,
        For = "5m",
        Severity = Severity.Critical,
        Summary = "No worker is active ({{ $labels.job }})",
        Description = $"No worker has been active for 5 minutes while {Number("cliply_jobs_pending")} jobs wait; the limit is 0 workers with jobs that wait, or the diagnosis {DiagnosisCodes.NoWorkersRunning}. Type: cliply diagnose",
        Runbook = Page(DiagnosisCodes.NoWorkersRunning),
    };

    /// <summary>Without the database the newest heartbeat that is known only grows older: that is an alert of its own.</summary>
    private AlertRule WorkerHeartbeatStale() => new()
    {
        Name = "WorkerHeartbeatStale",
        Expression = $"""
            time() - max by (job) ({Select("cliply_workers_last_heartbeat_timestamp")}) > {PromQl.Seconds(_limits.HeartbeatStale)}
              and on (job) max by (job) ({Select("cliply_workers_active")}) > 0
              unless on (job) max by (job) ({Diagnosis(DiagnosisCodes.DatabaseUnavailable, Severity.Critical)}) == 1
            """,
        For = "5m",
        Severity = Severity.Critical,
        Summary = "Workers are stuck: no heartbeat ({{ $labels.job }})",
        Description = $$$"""The newest heartbeat of {{{Number("cliply_workers_active")}}} workers is {{ $value | humanizeDuration }} old; more than {{{Limit(nameof(_limits.HeartbeatStale), Limits.Of(_limits.HeartbeatStale))}}} is stale. Type: cliply workers status""",
        Runbook = Page(DiagnosisCodes.WorkersStuck),
    };

    /// <summary>
    /// Restarts within 5 minutes are too many for less than 5 minutes, and fewer once Kubernetes backs off: so it fires at once, and
    /// stays a while. <c>increase</c> extrapolates: rounded up, as the library does with what Prometheus says, "more than" stays exact.
    /// </summary>
    private AlertRule WorkerCrashLoop() => new()
    {
        Name = "WorkerCrashLoop",
        Expression = $"""
            max by (namespace, pod, container) (
              ceil(increase({PromQl.Select("kube_pod_container_status_restarts_total", PromQl.Equal("container", _container))}[5m]))
            ) > {_limits.Restarts}
            or
            max by (job) ({Diagnosis(DiagnosisCodes.WorkersCrashLooping, Severity.Critical)}) == 1
            """,
        For = "0s",
        KeepFiringFor = "10m",
        Severity = Severity.Critical,
        Summary = "Workers crash and restart ({{ if $labels.pod }}{{ $labels.namespace }}/{{ $labels.pod }}{{ else }}{{ $labels.job }}{{ end }})",
        Description = $$$"""{{ if $labels.pod }}The container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} restarted {{ $value | printf "%.0f" }} times{{ else }}The diagnosis {{{DiagnosisCodes.WorkersCrashLooping}}} is active: workers restart, wait in CrashLoopBackOff, or come and go{{ end }}; more than {{{Limit(nameof(_limits.Restarts), _limits.Restarts)}}} restarts in 5 minutes are a crash loop. Type: cliply diagnose --kubernetes NAMESPACE""",
        Runbook = Page(DiagnosisCodes.WorkersCrashLooping),
    };

    private AlertRule QueueBacklog() => new()
    {
        Name = "QueueBacklog",
        Expression = $"max by (job) ({Select("cliply_jobs_pending")}) > {_limits.BacklogJobs}",
        For = "10m",
        Severity = Severity.Warning,
        Summary = "Jobs pile up ({{ $labels.job }})",
        Description = $$$"""{{ $value | printf "%.0f" }} jobs are due and wait; more than {{{Limit(nameof(_limits.BacklogJobs), _limits.BacklogJobs)}}} are a backlog. Type: cliply jobs stats""",
        Runbook = Page(DiagnosisCodes.QueueBacklog),
    };

    private AlertRule OldestJobWaiting() => new()
    {
        Name = "OldestJobWaiting",
        Expression = $"max by (job) ({Select("cliply_jobs_oldest_pending_age")}) > {PromQl.Seconds(_limits.BacklogAge)}",
        For = "5m",
        Severity = Severity.Warning,
        Summary = "A job waits too long ({{ $labels.job }})",
        Description = $$$"""The oldest due job has waited for {{ $value | humanizeDuration }}; more than {{{Limit(nameof(_limits.BacklogAge), Limits.Of(_limits.BacklogAge))}}} is a backlog. Type: cliply jobs stats""",
        Runbook = Page(DiagnosisCodes.QueueBacklog),
    };

    private AlertRule DeadLetters() => new()
    {
        Name = "DeadLetters",
        Expression = $"max by (job) ({Select("cliply_jobs_dead_letter")}) > {_limits.DeadLetters}",
        For = "5m",
        Severity = Severity.Warning,
        Summary = "Jobs ran out of retries ({{ $labels.job }})",
        Description = $$$"""{{ $value | printf "%.0f" }} dead letters; more than {{{Limit(nameof(_limits.DeadLetters), _limits.DeadLetters)}}} are a spike. Type: cliply dlq list""",
        Runbook = Page(DiagnosisCodes.DeadLetterSpike),
    };

    /// <summary>Growing: more than the fewest of the last hour, so that requeueing some hides no new ones.</summary>
    private AlertRule DeadLettersCritical() => new()
    {
        Name = "DeadLettersCritical",
        Expression = $"""
            max by (job) ({Select("cliply_jobs_dead_letter")}) > {_limits.DeadLettersCritical}
              and on (job)
              max by (job) ({Select("cliply_jobs_dead_letter")}) - min by (job) (min_over_time({Select("cliply_jobs_dead_letter")}[1h])) > 0
            """,
        For = "5m",
        Severity = Severity.Critical,
        Summary = "Jobs keep running out of retries ({{ $labels.job }})",
        Description = $$$"""{{ $value | printf "%.0f" }} dead letters, and new ones within the last hour; more than {{{Limit(nameof(_limits.DeadLettersCritical), _limits.DeadLettersCritical)}}} are critical while new ones come. Type: cliply dlq list""",
        Runbook = Page(DiagnosisCodes.DeadLetterSpike),
    };

    private AlertRule FfmpegUnavailable() => new()
    {
        Name = "FfmpegUnavailable",
        Expression = $"max by (job, instance) ({Diagnosis(DiagnosisCodes.FfmpegUnavailable, Severity.Critical)}) == 1",
        For = "5m",
        Severity = Severity.Critical,
        Summary = "ffmpeg can't be run on {{ $labels.instance }}",
        Description = $"ffmpeg has not been available on {{{{ $labels.instance }}}} ({{{{ $labels.job }}}}) for 5 minutes; the limit is the diagnosis {DiagnosisCodes.FfmpegUnavailable}. Type there: cliply readyz",
        Runbook = Page(DiagnosisCodes.FfmpegUnavailable),
    };

    private AlertRule DatabaseUnavailable() => new()
    {
        Name = "DatabaseUnavailable",
        Expression = $"max by (job) ({Diagnosis(DiagnosisCodes.DatabaseUnavailable, Severity.Critical)}) == 1",
        For = "2m",
        Severity = Severity.Critical,
        Summary = "The job store can't be read ({{ $labels.job }})",
        Description = $"The job store has not been readable for 2 minutes; the limit is the diagnosis {DiagnosisCodes.DatabaseUnavailable}. The numbers of workers and jobs are those before it. Type: cliply diagnose",
        Runbook = Page(DiagnosisCodes.DatabaseUnavailable),
    };

    /// <summary>One failure in each 5 minutes for 10 minutes: a single one is none.</summary>
    private AlertRule CollectionFailing() => new()
    {
        Name = "CollectionFailing",
        Expression = $"max by (job, collector) (increase({Select("cliply_collection_failures")}[5m])) > 0",
        For = "10m",
        Severity = Severity.Warning,
        Summary = "Evidence is missing: {{ $labels.collector }} ({{ $labels.job }})",
        Description = """The collector {{ $labels.collector }} failed about {{ $value | printf "%.0f" }} times in 5 minutes; more than 0 for 10 minutes is too many. What it would have shown is unknown, not healthy. Type: cliply diagnose""",
        Runbook = Monitoring,
    };

    private AlertRule CliplyMetricsAbsent() => new()
    {
        Name = "CliplyMetricsAbsent",
        Expression = $"absent({Select("cliply_collection_duration")})",
        For = "5m",
        Severity = Severity.Critical,
        Summary = "Nothing is known of the workers: no metrics{{ with $labels.job }} ({{ . }}){{ end }}",
        Description = "Prometheus has had 0 series of cliply_collection_duration for 5 minutes; the limit is 1. No other alert can fire until they are back: is a host up, and scraped? Type: cliply diagnose",
        Runbook = Monitoring,
    };

    private string Select(string metric, params IEnumerable<string> matchers) => PromQl.Select(metric, [_job, .. matchers]);

    private string Diagnosis(string code, Severity severity) => Select("cliply_diagnosis", PromQl.Equal("code", code), PromQl.Equal("severity", ReportWords.Of(severity)));

    /// <summary>A limit as the configuration knows it, so that it can be found there.</summary>
    private static string Limit(string name, object value) => FormattableString.Invariant($"{value} ({Section}:{name})");

    /// <summary>What a metric of the same job says, in a template; an alert's own value may be another one.</summary>
    private static string Number(string metric) =>
        $$$"""{{ with printf "max({{{metric}}}{job=%q})" $labels.job | query }}{{ . | first | value | printf "%.0f" }}{{ else }}an unknown number of{{ end }}""";

    private string Page(string code) => RunbookCatalog.ExplainDiagnosis(code, _limits)!.Runbook[0];
}
