using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>The dashboard for Grafana, as the JSON that it imports and is provisioned with.</summary>
internal static class Dashboard
{
    private const int Columns = 24;

    /// <summary>Grafana 11.0's; every later one brings it up to its own.</summary>
    private const int SchemaVersion = 39;

    /// <summary>A file for reviews, where expressions must be readable; it is no part of a page.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, NewLine = "\n" };

    /// <param name="limits">The limits in force.</param>
    /// <param name="container">The name of the workers' container, for restarts that kube-state-metrics counts.</param>
    public static string Write(DiagnosisThresholds limits, string container)
    {
        var buffer = new ArrayBufferWriter<byte>(32 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            ToJson(Panels(limits, container)).WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    public static JsonObject DataSource() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    private static JsonObject ToJson(IReadOnlyList<DashboardPanel> panels) => new()
    {
        ["uid"] = "cliply-diagnostics",
        ["title"] = "Cliply workers",
        ["description"] = "What is wrong with the workers, and since when. Written by cliply dashboard, with the limits in force.",
        ["tags"] = new JsonArray("cliply"),
        ["schemaVersion"] = SchemaVersion,
        ["version"] = 1,
        ["editable"] = true,
        ["graphTooltip"] = 1,
        ["timezone"] = "browser",
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = "now-3h", ["to"] = "now" },
        ["timepicker"] = new JsonObject(),
        ["links"] = new JsonArray(),
        ["annotations"] = new JsonObject { ["list"] = new JsonArray() },
        ["templating"] = new JsonObject { ["list"] = new JsonArray(DataSourceVariable(), JobVariable()) },
        ["panels"] = Placed(panels),
    };

    /// <summary>From left to right, and in the next row where one has no room left.</summary>
    private static JsonArray Placed(IReadOnlyList<DashboardPanel> panels)
    {
        var placed = new JsonArray();
        var (x, y, height) = (0, 0, 0);
        foreach (var panel in panels)
        {
            if (x + panel.Width > Columns)
            {
                (x, y, height) = (0, y + height, 0);
            }

            placed.Add((JsonNode)panel.ToJson(placed.Count + 1, x, y));
            (x, height) = (x + panel.Width, Math.Max(height, panel.Height));
        }

        return placed;
    }

    private static JsonObject DataSourceVariable() => new()
    {
        ["name"] = "datasource",
        ["label"] = "Data source",
        ["type"] = "datasource",
        ["query"] = "prometheus",
        ["current"] = new JsonObject(),
        ["hide"] = 0,
        ["includeAll"] = false,
        ["multi"] = false,
        ["options"] = new JsonArray(),
        ["refresh"] = 1,
        ["regex"] = "",
        ["skipUrlSync"] = false,
    };

    private static JsonObject JobVariable() => new()
    {
        ["name"] = "job",
        ["label"] = "Job",
        ["type"] = "query",
        ["datasource"] = DataSource(),
        ["definition"] = JobQuery,
        ["query"] = new JsonObject { ["qryType"] = 1, ["query"] = JobQuery, ["refId"] = "job" },
        ["current"] = new JsonObject { ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") },
        ["hide"] = 0,
        ["includeAll"] = true,
        ["multi"] = true,
        ["options"] = new JsonArray(),

        // With the time range: a host that is gone was there at the time that somebody looks at.
        ["refresh"] = 2,
        ["regex"] = "",
        ["skipUrlSync"] = false,
        ["sort"] = 1,
    };

    private const string JobQuery = "label_values(cliply_collection_duration, job)";

    private static DashboardPanel[] Panels(DiagnosisThresholds limits, string container) =>
    [
        new()
        {
            Title = "Verdict",
            Description = "The worst active diagnosis of all jobs that are chosen. Unknown, and never healthy, where workers or queue were not measured. Next: cliply diagnose",
            Type = "stat",
            Series = [($"max({Severities}) >= 2 or 0 * (max({Of("cliply_workers_active")}) + max({Of("cliply_jobs_pending")}))", "verdict")],
            Values = [(0, "healthy", "green"), (2, "degraded", "orange"), (3, "unhealthy", "red")],
            Width = 6,
            Height = 8,
        },
        new()
        {
            Title = "Active diagnoses",
            Description = "What is wrong now; red is critical, orange a warning. Next: cliply explain CODE",
            Type = "stat",
            Series = [($"max by (code) ({Severities})", "{{code}}")],
            Limits = SeverityColours,
            Shows = "name",
            Nothing = "none that is known",
            Width = 6,
            Height = 8,
        },
        new()
        {
            Title = "Diagnoses over time",
            Description = "Which diagnosis was active when. The one that came first often explains the others.",
            Type = "state-timeline",
            Series = [($"max by (code) ({Severities})", "{{code}}")],
            Values = [(1, "info", "blue"), (2, "warning", "orange"), (3, "critical", "red")],
            Nothing = "none that is known",
            Width = 12,
            Height = 8,
        },
        new()
        {
            Title = "Workers",
            Description = "Distinct workers known, stale ones included. Where workers show only by the jobs they hold, 0 is normal on an idle night. Next: cliply workers status",
            Series = [($"max by (job) ({Of("cliply_workers_active")})", "{{job}}")],
        },
        new()
        {
            Title = "Age of the newest heartbeat",
            Description = $"How long ago the newest heartbeat of all workers was: late above {Limit(limits, nameof(limits.HeartbeatFresh))}, stale above {Limit(limits, nameof(limits.HeartbeatStale))}. Where workers show only by the jobs they hold, it grows on an idle night, too. Next: cliply workers status",
            Series = [($"time() - max by (job) ({Of("cliply_workers_last_heartbeat_timestamp")})", "{{job}}")],
            Unit = "s",
            Limits = [(limits.HeartbeatFresh.TotalSeconds, "orange"), (limits.HeartbeatStale.TotalSeconds, "red")],
        },
        new()
        {
            Title = "Restarts within 5 minutes",
            Description = $"Of the containers named {container}, as kube-state-metrics counts them; more than {Limit(limits, nameof(limits.Restarts))} are a crash loop. Empty outside Kubernetes. Next: cliply diagnose --kubernetes NAMESPACE",
            Series = [($"max by (namespace, pod) (ceil(increase({PromQl.Select("kube_pod_container_status_restarts_total", PromQl.Equal("container", container))}[5m])))", "{{namespace}}/{{pod}}")],
            Limits = [(limits.Restarts, "red")],
        },
        new()
        {
            Title = "Jobs that wait",
            Description = $"Due and claimed by nobody; more than {Limit(limits, nameof(limits.BacklogJobs))} are a backlog. Next: cliply jobs stats",
            Series = [($"max by (job) ({Of("cliply_jobs_pending")})", "{{job}}")],
            Limits = [(limits.BacklogJobs, "orange")],
        },
        new()
        {
            Title = "The oldest job that waits",
            Description = $"How long it has been due; longer than {Limit(limits, nameof(limits.BacklogAge))} is a backlog. Next: cliply jobs stats",
            Series = [($"max by (job) ({Of("cliply_jobs_oldest_pending_age")})", "{{job}}")],
            Unit = "s",
            Limits = [(limits.BacklogAge.TotalSeconds, "orange")],
        },
        new()
        {
            Title = "Jobs that run",
            Description = "Held by a worker. Constant for long while jobs wait: the workers may be stuck. Next: cliply workers status",
            Series = [($"max by (job) ({Of("cliply_jobs_running")})", "{{job}}")],
        },
        new()
        {
            Title = "Dead letters",
            Description = $"Out of retries; more than {Limit(limits, nameof(limits.DeadLetters))} are a spike, more than {Limit(limits, nameof(limits.DeadLettersCritical))} critical while new ones come. Next: cliply dlq list",
            Series = [($"max by (job) ({Of("cliply_jobs_dead_letter")})", "{{job}}")],
            Limits = [(limits.DeadLetters, "orange"), (limits.DeadLettersCritical, "red")],
        },
        new()
        {
            Title = "Jobs by kind",
            Description = "Those that wait, run and are dead letters, by kind: whether it is one kind, or all. Next: cliply jobs stats",
            Series = [($"sum by (kind, state) (max by (job, kind, state) ({Of("cliply_jobs_by_kind")}))", "{{kind}} {{state}}")],
            IsStacked = true,
            Width = 16,
        },
        new()
        {
            Title = "Duration of the collection",
            Description = "How long each collector took in the last collection, the slowest replica. One that takes up to its deadline gives no evidence.",
            Series = [($"max by (collector) ({Of("cliply_collection_duration")})", "{{collector}}")],
            Unit = "s",
            Width = 12,
        },
        new()
        {
            Title = "Failures of the collection within 5 minutes",
            Description = "Collections in which a collector gave no evidence or not all of it. What it would have shown is unknown, not healthy. Next: cliply diagnose",
            Series = [($"max by (collector) (increase({Of("cliply_collection_failures")}[5m]))", "{{collector}}")],
            Limits = [(1, "orange")],
            Width = 12,
        },
    ];

    private static readonly IReadOnlyList<(double, string)> SeverityColours = [(1, "blue"), (2, "orange"), (3, "red")];

    /// <summary>Every active diagnosis with 3 where it is critical, 2 where it is a warning, 1 where it is but information.</summary>
    private static string Severities { get; } = $"3 * {Severity("critical")} or 2 * {Severity("warning")} or {Severity("info")}";

    private static string Severity(string severity) => Of("cliply_diagnosis", PromQl.Equal("severity", severity));

    private static string Of(string metric, params IEnumerable<string> matchers) => PromQl.Select(metric, ["job=~\"$job\"", .. matchers]);

    /// <summary>A limit as the configuration knows it, so that it can be found there.</summary>
    private static string Limit(DiagnosisThresholds limits, string name) => $"{Limits.InForce(name, limits).Value} ({nameof(CliplyDiagnosticsOptions.Thresholds)}:{name})";
}
