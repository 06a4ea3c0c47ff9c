using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Cli.Tests.Monitoring;

public sealed partial class AlertsTests
{
    private const string Changed = """
        { "Cliply": { "Diagnostics": { "Thresholds": {
          "HeartbeatFresh": "00:01:00", "HeartbeatStale": "00:01:30", "BacklogJobs": 7, "BacklogAge": "00:03:00", "Restarts": 2, "DeadLetters": 2, "DeadLettersCritical": 4 } } } }
        """;

    private static readonly string[] Names =
    [
        "NoActiveWorkers", "WorkerHeartbeatStale", "WorkerCrashLoop", "QueueBacklog", "OldestJobWaiting", "DeadLetters", "DeadLettersCritical", "FfmpegUnavailable",
        "DatabaseUnavailable", "CollectionFailing", "CliplyMetricsAbsent",
    ];

    [Fact]
    public async Task The_committed_file_is_what_the_defaults_give() =>
        (await MonitoringFiles.WrittenAsync("alerts")).Should().Be(MonitoringFiles.Deployed("cliply-alerts.yaml"), "deploy/prometheus/cliply-alerts.yaml is written with: cliply alerts");

    [Fact]
    public async Task Every_alert_fires_and_clears_as_it_should_with_the_defaults()
    {
        var scenarios = MonitoringFiles.Scenarios("defaults.yaml");
        using var promtool = await Promtool.WithRulesAsync(await MonitoringFiles.WrittenAsync("alerts"));

        var (checkedCode, rules) = await promtool.CheckAsync();
        var (testedCode, result) = await promtool.TestAsync(scenarios);

        checkedCode.Should().Be(0, rules);
        rules.Should().Contain("SUCCESS: 11 rules found");
        testedCode.Should().Be(0, result);
        Alerts().Matches(MonitoringFiles.Deployed("cliply-alerts.yaml")).Select(m => m.Groups[1].Value).Should().Equal(Names);
        Firing().Matches(scenarios).Select(m => m.Groups[1].Value).Distinct().Should().BeEquivalentTo(Names, "each is seen firing");
        Silent().Matches(scenarios).Select(m => m.Groups[1].Value).Distinct().Should().BeEquivalentTo(Names, "each is seen silent");
    }

    [Fact]
    public async Task Every_limit_follows_the_configuration()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Changed, TestContext.Current.CancellationToken);
            using var promtool = await Promtool.WithRulesAsync(await MonitoringFiles.WrittenAsync(
                "alerts", "--config", file, "--job", "clips \"eu\"", "--container", "background", "--runbook-url", "https://wiki.example/runbooks/"));

            var (checkedCode, rules) = await promtool.CheckAsync();
            var (exitCode, result) = await promtool.TestAsync(MonitoringFiles.Scenarios("changed.yaml"));

            checkedCode.Should().Be(0, rules);
            exitCode.Should().Be(0, result);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_limit_follows_the_environment()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["alerts"], environment: new() { ["Cliply__Diagnostics__Thresholds__BacklogJobs"] = "250" });

        (exitCode, error).Should().Be((0, ""));
        output.Should().Be(MonitoringFiles.Deployed("cliply-alerts.yaml")
            .Replace("cliply_jobs_pending) > 100", "cliply_jobs_pending) > 250", StringComparison.Ordinal)
            .Replace("100 (Thresholds:BacklogJobs)", "250 (Thresholds:BacklogJobs)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("it's {{ .Value }} #1: \"q\"")]
    [InlineData("a\\b%c")]
    [InlineData("клипы 🎬")]
    public async Task A_job_of_any_name_gives_rules_that_Prometheus_takes(string job)
    {
        using var promtool = await Promtool.WithRulesAsync(await MonitoringFiles.WrittenAsync("alerts", "--job", job));

        var (exitCode, output) = await promtool.CheckAsync();

        exitCode.Should().Be(0, output);
        output.Should().Contain("SUCCESS: 11 rules found");
    }

    [Fact]
    public async Task The_operator_gets_the_same_rules_as_an_object()
    {
        var output = await MonitoringFiles.WrittenAsync("alerts", "--format", "Operator");

        const string Head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: cliply-alerts\nspec:\n";
        var plain = MonitoringFiles.Deployed("cliply-alerts.yaml");
        var (comment, groups) = (plain[..plain.IndexOf("groups:", StringComparison.Ordinal)], plain[plain.IndexOf("groups:", StringComparison.Ordinal)..]);
        output.Should().Be(comment + Head + string.Concat(groups.TrimEnd('\n').Split('\n').Select(line => $"  {line}\n")));
    }

    [Theory]
    [InlineData(new[] { "alerts", "--job", " " }, "cliply: --job must be the name of a scrape job: 1 to 200 characters on one line, none of them a control character.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--job", "a\nb" }, "cliply: --job must be the name of a scrape job: 1 to 200 characters on one line, none of them a control character.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--job", "a\u2028b" }, "cliply: --job must be the name of a scrape job: 1 to 200 characters on one line, none of them a control character.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--container", "Worker" }, "cliply: --container must be a container's name as Kubernetes takes it: 1 to 63 lower-case letters, digits and hyphens, with no hyphen at an end.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--container", "w\"} or x" }, "cliply: --container must be a container's name as Kubernetes takes it: 1 to 63 lower-case letters, digits and hyphens, with no hyphen at an end.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--runbook-url", "runbooks" }, "cliply: --runbook-url must be an absolute http or https address. Give the folder that holds worker-debugging.md, such as https://wiki.example/runbooks.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--runbook-url", "ftp://wiki.example" }, "cliply: --runbook-url must be an absolute http or https address. Give the folder that holds worker-debugging.md, such as https://wiki.example/runbooks.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--runbook-url", "https://me:canary-made-up@wiki.example" }, "cliply: --runbook-url must have no user, no ? and no #: every alert shows it, and the runbook's anchor follows. Give the folder that holds worker-debugging.md, such as https://wiki.example/runbooks.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--runbook-url", "https://wiki.example/#a" }, "cliply: --runbook-url must have no user, no ? and no #: every alert shows it, and the runbook's anchor follows. Give the folder that holds worker-debugging.md, such as https://wiki.example/runbooks.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--runbook-url", "https://wiki.example/{{ .Value }}" }, "cliply: --runbook-url must be an absolute http or https address. Give the folder that holds worker-debugging.md, such as https://wiki.example/runbooks.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--runbook-url", "https://wiki.example/{{.Value}}" }, "cliply: --runbook-url must have no {: Prometheus would read it as a template. Write it as %7B.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "--format", "json" }, "cliply: --format 'json' is not known. Use prometheus or operator.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "alerts", "now" }, "cliply: Unrecognized command or argument 'now'.\nTry: cliply alerts --help\n")]
    [InlineData(new[] { "dashboard", "--container", "-w" }, "cliply: --container must be a container's name as Kubernetes takes it: 1 to 63 lower-case letters, digits and hyphens, with no hyphen at an end.\nTry: cliply dashboard --help\n")]
    [InlineData(new[] { "dashboard", "--job", "x" }, "cliply: Unrecognized command or argument '--job'.\ncliply: Unrecognized command or argument 'x'.\nTry: cliply dashboard --help\n")]
    public async Task Wrong_usage_exits_with_64_and_says_what_to_change(string[] arguments, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(arguments);

        (exitCode, output, error).Should().Be((64, "", expected));
    }

    [Theory]
    [InlineData("alerts")]
    [InlineData("dashboard")]
    public async Task Limits_that_contradict_each_other_exit_with_64_and_name_both(string verb)
    {
        var (exitCode, output, error) = await Cliply.RunAsync([verb], environment: new() { ["Cliply__Diagnostics__Thresholds__HeartbeatStale"] = "00:01:00" });

        (exitCode, output).Should().Be((64, ""));
        error.Should().StartWith("cliply: ").And.Contain("HeartbeatStale").And.Contain("HeartbeatFresh");
    }

    [Theory]
    [InlineData("alerts")]
    [InlineData("dashboard")]
    public async Task A_configuration_file_that_is_none_exits_with_65(string verb)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "{", TestContext.Current.CancellationToken);

            var (exitCode, output, error) = await Cliply.RunAsync([verb, "--config", file]);

            (exitCode, output).Should().Be((65, ""));
            error.Should().StartWith($"cliply: {file}").And.EndWith("not a configuration in JSON. Write one with cliply init.\n");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_shell_completes_formats()
    {
        const string Line = "cliply alerts --format ";
        var (_, output, _) = await Cliply.RunAsync([$"[suggest:{Line.Length}]", Line]);

        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Contain(["prometheus", "operator"]);
    }

    [GeneratedRegex(@"(?m)^  - alert: (\w+)$")]
    private static partial Regex Alerts();

    [GeneratedRegex(@"(?m)^ +- alertname: (\w+)$")]
    private static partial Regex Firing();

    [GeneratedRegex(@"(?m)^ +- \{ alertname: (\w+), .*exp_alerts: \[\] \}$")]
    private static partial Regex Silent();
}
