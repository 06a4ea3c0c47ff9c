using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// Worker containers as kube-state-metrics tells of them. Reason and code of the last termination are left out: its gauges
/// keep them for as long as the pod lives, and often have no time to tell a crash of now from one of last week.
/// </summary>
internal static class ContainerStates
{
    private const string Prefix = "kube_pod_container_status_";

    /// <summary>Restarts within 5 minutes by pod; a name that several namespaces or clusters have tells nothing and is left out.</summary>
    public static IReadOnlyDictionary<string, double> RestartsByPod(IEnumerable<PrometheusSeries> increases) => increases
        .Where(s => s.Label("pod") is not null && s.Samples is [{ Value: >= 0 and < double.PositiveInfinity }])
        .GroupBy(s => s.Label("pod")!, StringComparer.Ordinal)
        .Where(pod => pod.Select(s => (s.Label("cluster"), s.Label("namespace"))).Distinct().Count() == 1)
        .ToDictionary(pod => pod.Key, pod => pod.Sum(s => s.Samples[0].Value), StringComparer.Ordinal);

    /// <summary>The containers by namespace and name; null where there is none, which is no proof that nothing is deployed.</summary>
    /// <param name="states">State, reason and restarts by container.</param>
    /// <param name="increases">Restarts within 5 minutes by container; null: not known.</param>
    public static IReadOnlyList<DeploymentEvidence>? Deployments(IReadOnlyList<PrometheusSeries> states, IReadOnlyList<PrometheusSeries>? increases)
    {
        var deployments = states
            .Where(s => s.Label("pod") is not null)
            .GroupBy(DeploymentOf)
            .OrderBy(d => d.Key)
            .Select(deployment => new DeploymentEvidence
            {
                Platform = DeploymentPlatform.Kubernetes,
                Name = Safe(deployment.Key.Container),
                RestartsLast5Minutes = Ceiling(increases?.Where(s => DeploymentOf(s) == deployment.Key).Select(s => s.Samples is [var (_, value)] ? value : double.NaN)),
                Instances = [.. deployment.GroupBy(s => s.Label("pod")!, StringComparer.Ordinal).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Instance(p.Key, [.. p]))],
            })
            .ToList();
        return deployments.Count == 0 ? null : deployments;
    }

    /// <summary>Whole restarts that are over a limit exactly where the extrapolated number is over it; null where nothing tells.</summary>
    public static long? Ceiling(IEnumerable<double>? restarts)
    {
        var known = restarts?.Where(r => r is >= 0 and <= 1L << 53).ToList();
        return known is null or [] ? null : (long)Math.Ceiling(known.Sum());
    }

    private static (string Cluster, string Namespace, string Container) DeploymentOf(PrometheusSeries series) =>
        (series.Label("cluster") ?? "", series.Label("namespace") ?? "", series.Label("container") ?? "worker");

    /// <summary>Labels hold what their exporter likes; Kubernetes' own names are no longer than this.</summary>
    private static string Safe(string label) => TextSanitizer.WithoutControlCharacters(label.Length > 1_000 ? label[..1_000] : label, 253);

    private static InstanceEvidence Instance(string pod, IReadOnlyList<PrometheusSeries> states)
    {
        var isRunning = Value("running") == 1;
        var reason = states.FirstOrDefault(s => s.Label("__name__") == $"{Prefix}waiting_reason" && s.Samples is [{ Value: 1 }])?.Label("reason");
        return new InstanceEvidence
        {
            Id = Safe(pod),
            State = isRunning ? InstanceState.Running : reason is null && Value("terminated") == 1 ? InstanceState.Terminated : InstanceState.Waiting,
            Reason = isRunning || reason is null ? null : Safe(reason),
            Restarts = Value("restarts_total") is >= 0 and <= 1L << 53 and var restarts ? (long)restarts : null,
        };

        double? Value(string state) => states.FirstOrDefault(s => s.Label("__name__") == Prefix + state)?.Samples is [var (_, value)] ? value : null;
    }
}
