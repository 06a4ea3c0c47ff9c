using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Explains by their warnings why pods do not start. A container that has been creating for a short while is starting by
/// the contract, whatever warnings there are: volumes and secrets often come late. Only when that has lasted too long is
/// the newest warning its reason.
/// </summary>
internal static class PodEvents
{
    /// <summary>Pods whose state says no more than that they are being created, for longer than a start may take.</summary>
    public static bool NeedsThem(WorkerPod pod, TimeSpan startGrace, DateTimeOffset now) =>
        pod.Instance is { State: InstanceState.Waiting, Reason: PodReader.ContainerCreating or PodReader.PodInitializing } && now - pod.Instance.StartedAt > startGrace;

    /// <summary>A StatefulSet has no condition that tells that its pods can't be created.</summary>
    public static bool NeedsThem(WorkerWorkload workload, IReadOnlyList<WorkerPod> pods) =>
        workload.Owner.Kind == PodOwner.StatefulSet && pods.Count(p => p.Owner == workload.Owner) < workload.Desired;

    public static IReadOnlyList<WorkerPod> Explain(IReadOnlyList<WorkerPod> pods, IReadOnlyList<ApiEvent> events, TimeSpan startGrace, DateTimeOffset now)
    {
        var reasons = new Dictionary<string, (string Reason, DateTimeOffset At)>(StringComparer.Ordinal);
        foreach (var warning in events)
        {
            if (warning is { InvolvedObject: { Kind: nameof(Pod) } about, Type: "Warning", Reason: { Length: > 0 } reason and not "Unhealthy" }
                && (about.Uid ?? about.Name) is { } key
                && warning.At is { } at
                && (!reasons.TryGetValue(key, out var known) || at > known.At))
            {
                reasons[key] = (reason, at);
            }
        }

        return reasons.Count == 0 ? pods : [.. pods.Select(Explained)];

        WorkerPod Explained(WorkerPod pod) =>
            NeedsThem(pod, startGrace, now) && (reasons.TryGetValue(pod.Uid, out var found) || reasons.TryGetValue(pod.Name, out found))
                ? pod with { Instance = pod.Instance with { Reason = found.Reason } }
                : pod;
    }

    public static IReadOnlyList<WorkerWorkload> Explain(IReadOnlyList<WorkerWorkload> workloads, IReadOnlyList<ApiEvent> events, TimeSpan window, DateTimeOffset now)
    {
        var failing = events
            .Where(e => e is { InvolvedObject.Kind: PodOwner.StatefulSet, Reason: "FailedCreate" } && now - e.At <= window)
            .Select(e => e.InvolvedObject!.Name)
            .ToHashSet(StringComparer.Ordinal);
        return failing.Count == 0
            ? workloads
            : [.. workloads.Select(w => w.Owner.Kind == PodOwner.StatefulSet && failing.Contains(w.Owner.Name) ? w with { CreationFails = true } : w)];
    }
}
