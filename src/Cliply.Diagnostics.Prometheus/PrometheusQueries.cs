namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// What is asked. Several hosts that watch one fleet, and several Prometheus servers that scrape one host, report one number
/// several times: the highest counts, never the sum. Containers are told apart before their restarts are added up.
/// </summary>
internal sealed class PrometheusQueries
{
    private const string Container = "cluster, namespace, pod, container";
    private const string Restarted = "kube_pod_container_status_restarts_total";

    public PrometheusQueries(string matchers, string containerMatchers)
    {
        ActiveWorkers = Highest("cliply_workers_active", matchers);
        LastHeartbeat = Highest("cliply_workers_last_heartbeat_timestamp", matchers);
        Pending = Highest("cliply_jobs_pending", matchers);
        DeadLetter = Highest("cliply_jobs_dead_letter", matchers);
        Restarts = $"sum(max by ({Container}, uid) ({Restarted}{{{containerMatchers}}}))";
        RestartsLast5Minutes = $"max by ({Container}, uid) (increase({Restarted}{{{containerMatchers}}}[5m]))";
        var states = "__name__=~\"kube_pod_container_status_(running|waiting_reason|terminated|restarts_total)\"";
        Containers = $"max by (__name__, {Container}, reason) ({{{(containerMatchers.Length == 0 ? states : $"{states},{containerMatchers}")}}})";
    }

    public string ActiveWorkers { get; }

    public string LastHeartbeat { get; }

    public string Pending { get; }

    public string DeadLetter { get; }

    /// <summary>Restarts in all: what the containers' counters add up to.</summary>
    public string Restarts { get; }

    /// <summary>By container, as the runbook's alert has it; not whole numbers, for <c>increase()</c> extrapolates.</summary>
    public string RestartsLast5Minutes { get; }

    /// <summary>State, reason and restarts by container.</summary>
    public string Containers { get; }

    private static string Highest(string metric, string matchers) => $"max({metric}{{{matchers}}})";
}
