using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What the workers' containers use of their limits.</summary>
internal static class PodUsage
{
    /// <summary>
    /// Joins usage and limits. CPU in percent is known only where there is a limit: how many cores the node has, the Role
    /// does not let anybody see.
    /// </summary>
    public static IReadOnlyList<ResourceEvidence> Of(IReadOnlyList<WorkerPod> pods, IReadOnlyList<PodMetrics> metrics)
    {
        var byName = pods.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var resources = new List<ResourceEvidence>();
        foreach (var used in metrics)
        {
            if (used.Metadata?.Name is { } name
                && byName.TryGetValue(name, out var pod)
                && used.Containers?.FirstOrDefault(c => c?.Name is not null && c.Name == pod.Container)?.Usage is { } usage)
            {
                resources.Add(new ResourceEvidence
                {
                    Instance = name,
                    CpuPercent = pod.CpuLimit > 0 ? Quantity.Read(usage.Cpu) / pod.CpuLimit * 100 : null,
                    MemoryBytes = Bytes(Quantity.Read(usage.Memory)),
                    MemoryLimitBytes = Bytes(pod.MemoryLimit),
                });
            }
        }

        return resources;
    }

    private static long? Bytes(double? amount) => amount is { } bytes ? (long)Math.Min(bytes, long.MaxValue) : null;
}
