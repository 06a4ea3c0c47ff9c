using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Metrics;
using Cliply.Diagnostics.Prometheus.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Tests.Monitoring;

public sealed partial class DashboardTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_committed_file_is_what_the_defaults_give() =>
        (await MonitoringFiles.WrittenAsync("dashboard")).Should().Be(MonitoringFiles.Deployed("cliply-dashboard.json"), "deploy/grafana/cliply-dashboard.json is written with: cliply dashboard");

    [Fact]
    public void Grafana_finds_what_it_needs()
    {
        var dashboard = Deployed();

        dashboard["schemaVersion"]!.GetValue<int>().Should().BeGreaterThanOrEqualTo(39);
        dashboard["uid"]!.GetValue<string>().Should().HaveLength(18);
        dashboard.ContainsKey("id").Should().BeFalse("that is Grafana's to give");
        dashboard["templating"]!["list"]!.AsArray().Select(v => (v!["name"]!.GetValue<string>(), v["type"]!.GetValue<string>())).Should().Equal(("datasource", "datasource"), ("job", "query"));
    }

    [Fact]
    public void Every_panel_has_its_own_id_and_place_and_says_what_it_shows()
    {
        var panels = Panels(Deployed());

        panels.Select(p => p["title"]!.GetValue<string>()).Should().Equal(
            "Verdict", "Active diagnoses", "Diagnoses over time", "Workers", "Age of the newest heartbeat", "Restarts within 5 minutes", "Jobs that wait", "The oldest job that waits", "Jobs that run",
            "Dead letters", "Jobs by kind", "Duration of the collection", "Failures of the collection within 5 minutes");
        panels.Select(p => p["id"]!.GetValue<int>()).Should().OnlyHaveUniqueItems().And.OnlyContain(id => id > 0);
        panels.Should().AllSatisfy(p =>
        {
            p["description"]!.GetValue<string>().Should().NotBeNullOrWhiteSpace();
            p["datasource"]!.ToJsonString().Should().Be("""{"type":"prometheus","uid":"${datasource}"}""");
            p["targets"]!.AsArray().Select(t => t!["refId"]!.GetValue<string>()).Should().OnlyHaveUniqueItems().And.NotBeEmpty();
        });
        var cells = panels.SelectMany(p => Cells(p["gridPos"]!)).ToList();
        cells.Should().OnlyHaveUniqueItems("no panel lies on another").And.OnlyContain(c => c.X >= 0 && c.X < 24);
    }

    [Fact]
    public async Task Every_limit_follows_the_configuration()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["dashboard", "--container", "background"], environment: new()
        {
            ["Cliply__Diagnostics__Thresholds__HeartbeatFresh"] = "00:01:00",
            ["Cliply__Diagnostics__Thresholds__HeartbeatStale"] = "00:01:30",
            ["Cliply__Diagnostics__Thresholds__BacklogJobs"] = "7",
            ["Cliply__Diagnostics__Thresholds__BacklogAge"] = "00:03:00",
            ["Cliply__Diagnostics__Thresholds__Restarts"] = "2",
            ["Cliply__Diagnostics__Thresholds__DeadLetters"] = "3",
            ["Cliply__Diagnostics__Thresholds__DeadLettersCritical"] = "4",
        });

        (exitCode, error).Should().Be((0, ""));
        var changed = JsonNode.Parse(output)!.AsObject();
        Steps(Deployed()).Should().Contain(["Age of the newest heartbeat: 300 600", "Restarts within 5 minutes: 3", "Jobs that wait: 100", "The oldest job that waits: 3600", "Dead letters: 20 100"]);
        Steps(changed).Should().Contain(["Age of the newest heartbeat: 60 90", "Restarts within 5 minutes: 2", "Jobs that wait: 7", "The oldest job that waits: 180", "Dead letters: 3 4"]);
        Panel(changed, "Age of the newest heartbeat")["description"]!.GetValue<string>().Should().Contain("late above 00:01:00 (Thresholds:HeartbeatFresh), stale above 00:01:30 (Thresholds:HeartbeatStale)");
        Expressions(changed).Should().Contain(e => e.Contains("kube_pod_container_status_restarts_total{container=\"background\"}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prometheus_accepts_every_expression()
    {
        await using var server = await PrometheusServer.StartAsync(null);
        using var http = new HttpClient();

        foreach (var expression in Expressions(Deployed()).Select(Chosen))
        {
            using var answer = await http.GetAsync(new Uri($"{server.Url}/api/v1/query?query={Uri.EscapeDataString(expression)}"), Cancellation);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, expression);
        }
    }

    [Fact]
    public async Task The_verdict_is_the_worst_diagnosis_and_unknown_is_not_healthy()
    {
        var verdict = Chosen(Expressions(Deployed())[0]).Replace("'", "''", StringComparison.Ordinal);
        using var promtool = await Promtool.WithRulesAsync(MonitoringFiles.Deployed("cliply-alerts.yaml"));
        const string Workers = """{ series: 'cliply_workers_active{job="cliply"}', values: '2' }""";
        const string Queue = """{ series: 'cliply_jobs_pending{job="cliply"}', values: '7' }""";
        const string Info = """{ series: 'cliply_diagnosis{job="cliply", code="job-store-unindexed", severity="info"}', values: '1' }""";
        const string Warning = """{ series: 'cliply_diagnosis{job="cliply", code="queue-backlog", severity="warning"}', values: '1' }""";
        const string Critical = """{ series: 'cliply_diagnosis{job="cliply", code="database-unavailable", severity="critical"}', values: '1' }""";

        var (exitCode, output) = await promtool.TestAsync($$"""
            rule_files: []
            tests:
              {{Expected("0", Workers, Queue, Info)}}
              {{Expected("2", Workers, Queue, Info, Warning)}}
              {{Expected("3", Workers, Queue, Warning, Critical)}}
              {{Expected("3", Critical)}}
              {{Expected(null, Queue, Info)}}
              {{Expected(null, Workers)}}
            """);

        exitCode.Should().Be(0, output);

        string Expected(string? value, params string[] series) =>
            $"- {{ interval: 1m, input_series: [{string.Join(", ", series)}], promql_expr_test: [{{ expr: '{verdict}', eval_time: 0m, exp_samples: [{(value is null ? "" : $"{{ value: {value} }}")}] }}] }}";
    }

    [Fact]
    public void Rules_and_dashboard_ask_for_metrics_that_there_are()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var names = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == DiagnosticsMetrics.MeterName)
            {
                names.Add(instrument.Name);
            }
        };
        listener.Start();
        _ = new DiagnosticsMetrics(services.GetRequiredService<IMeterFactory>());

        Metrics().Matches(MonitoringFiles.Deployed("cliply-alerts.yaml")).Select(m => m.Value).Distinct().Should().BeSubsetOf(names).And.HaveCount(8);
        Metrics().Matches(MonitoringFiles.Deployed("cliply-dashboard.json")).Select(m => m.Value).Distinct().Should().BeSubsetOf(names).And.HaveCount(10);
    }

    private static JsonObject Deployed() => JsonNode.Parse(MonitoringFiles.Deployed("cliply-dashboard.json"))!.AsObject();

    private static List<JsonObject> Panels(JsonObject dashboard) => [.. dashboard["panels"]!.AsArray().Select(p => p!.AsObject())];

    private static JsonObject Panel(JsonObject dashboard, string title) => Panels(dashboard).Single(p => p["title"]!.GetValue<string>() == title);

    private static List<string> Expressions(JsonObject dashboard) => [.. Panels(dashboard).SelectMany(p => p["targets"]!.AsArray()).Select(t => t!["expr"]!.GetValue<string>())];

    /// <summary>As Grafana sends it where both of two jobs are chosen.</summary>
    private static string Chosen(string expression) => expression.Replace("$job", "(cliply|other)", StringComparison.Ordinal);

    private static List<string> Steps(JsonObject dashboard) =>
        [.. Panels(dashboard).Select(p => $"{p["title"]}: {string.Join(' ', p["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray().Skip(1).Select(s => s!["value"]!.ToJsonString()))}")];

    private static IEnumerable<(int X, int Y)> Cells(JsonNode place)
    {
        var (x, y, width, height) = (place["x"]!.GetValue<int>(), place["y"]!.GetValue<int>(), place["w"]!.GetValue<int>(), place["h"]!.GetValue<int>());
        return Enumerable.Range(x, width).SelectMany(column => Enumerable.Range(y, height).Select(row => (column, row)));
    }

    [GeneratedRegex(@"\bcliply_\w+")]
    private static partial Regex Metrics();
}
