using System.Globalization;
using System.Text;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>
/// A Prometheus that holds the last 45 minutes of several fleets, each with the label <c>cluster</c> and scraped from two
/// hosts, and of what kube-state-metrics told of their workers.
/// </summary>
public sealed class RecordedFleets : IAsyncLifetime
{
    private const int Minutes = 45;

    private PrometheusServer? _server;

    public string Url => _server!.Url;

    /// <summary>When the recording ended.</summary>
    public DateTimeOffset End { get; } = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    public async ValueTask InitializeAsync() => _server = await PrometheusServer.StartAsync(Recording());

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string Recording()
    {
        var text = new StringBuilder();
        text.Append("# TYPE cliply_workers_active gauge\n");
        foreach (var host in new[] { "a", "b" })
        {
            // Both hosts read the fleet some seconds apart; the second one misses what comes and goes.
            Series(text, $"cliply_workers_active{{cluster=\"fluctuates\",instance=\"{host}\"}}", ago => ago is > 1200 and <= 1500 or > 600 and <= 900 ? 0 : 2);
            Series(text, $"cliply_workers_active{{cluster=\"steady\",instance=\"{host}\"}}", _ => host == "a" ? 3 : 2);
        }

        Series(text, "cliply_workers_active{cluster=\"gaps\",instance=\"a\"}", ago => ago is > 600 and <= 1500 ? null : ago is > 200 and <= 300 ? double.NaN : 2);
        text.Append("# TYPE cliply_workers_last_heartbeat_timestamp gauge\n");
        Series(text, "cliply_workers_last_heartbeat_timestamp{cluster=\"fluctuates\",instance=\"a\"}", ago => End.ToUnixTimeSeconds() - ago - 3.5);
        text.Append("# TYPE cliply_jobs_pending gauge\n");
        Series(text, "cliply_jobs_pending{cluster=\"fluctuates\",instance=\"a\"}", ago => ago <= 600 ? 11 : 4);
        text.Append("# TYPE cliply_jobs_dead_letter gauge\n");
        Series(text, "cliply_jobs_dead_letter{cluster=\"fluctuates\",instance=\"a\"}", _ => 5);
        text.Append("# TYPE kube_pod_container_status_restarts counter\n");
        foreach (var scrape in new[] { "ksm-1", "ksm-2" })
        {
            Series(text, $"kube_pod_container_status_restarts_total{{cluster=\"fluctuates\",namespace=\"video\",pod=\"worker-1\",container=\"worker\",uid=\"u1\",instance=\"{scrape}\"}}", ago => ago <= 1200 ? 12 : 10);
            Series(text, $"kube_pod_container_status_restarts_total{{cluster=\"fluctuates\",namespace=\"video\",pod=\"worker-2\",container=\"worker\",uid=\"u2\",instance=\"{scrape}\"}}", _ => 1);
            Series(text, $"kube_pod_container_status_restarts_total{{cluster=\"restarts\",namespace=\"video\",pod=\"worker-1\",container=\"worker\",uid=\"u3\",instance=\"{scrape}\"}}", ago => 20 - Math.Min(5, ago / 50));
            Series(text, $"kube_pod_container_status_restarts_total{{cluster=\"restarts\",namespace=\"video\",pod=\"web-1\",container=\"web\",uid=\"u4\",instance=\"{scrape}\"}}", ago => 90 - Math.Min(60, ago / 10));
        }

        text.Append("# TYPE kube_pod_container_status_running gauge\n");
        Series(text, "kube_pod_container_status_running{cluster=\"fluctuates\",namespace=\"video\",pod=\"worker-1\",container=\"worker\",uid=\"u1\"}", _ => 1);
        Series(text, "kube_pod_container_status_running{cluster=\"fluctuates\",namespace=\"video\",pod=\"worker-2\",container=\"worker\",uid=\"u2\"}", _ => 1);
        Series(text, "kube_pod_container_status_running{cluster=\"restarts\",namespace=\"video\",pod=\"worker-1\",container=\"worker\",uid=\"u3\"}", _ => 0);
        text.Append("# TYPE kube_pod_container_status_waiting_reason gauge\n");
        Series(text, "kube_pod_container_status_waiting_reason{cluster=\"restarts\",namespace=\"video\",pod=\"worker-1\",container=\"worker\",uid=\"u3\",reason=\"CrashLoopBackOff\"}", _ => 1);
        return text.Append("# EOF\n").ToString();
    }

    /// <summary>Writes a series; <paramref name="value"/> is that of so many seconds before the end, null where it has none.</summary>
    private void Series(StringBuilder text, string series, Func<int, double?> value)
    {
        for (var ago = Minutes * 60; ago >= 0; ago -= 15)
        {
            if (value(ago) is { } number)
            {
                text.Append(CultureInfo.InvariantCulture, $"{series} {number} {End.ToUnixTimeSeconds() - ago}\n");
            }
        }
    }
}
