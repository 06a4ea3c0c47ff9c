using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Says of a pod what the contract asks of an instance. The state is that of the worker's container; where Kubernetes has
/// not come to the container yet, it is that of the pod on its way there.
/// </summary>
internal static class PodReader
{
    public const string ContainerCreating = "ContainerCreating";
    public const string PodInitializing = "PodInitializing";

    /// <summary>The event's word for a pod that the scheduler's condition calls Unschedulable; it stays when the event has expired.</summary>
    public const string FailedScheduling = "FailedScheduling";

    private const string DefaultContainer = "kubectl.kubernetes.io/default-container";
    private const string VersionLabel = "app.kubernetes.io/version";
    private const string Worker = "worker";

    /// <summary>How long after it should be gone a pod still counts; a node that is lost never confirms the end.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);

    /// <summary>Reads a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The worker's container, where the options name it.</param>
    /// <param name="now">The time by the API server's clock.</param>
    /// <returns>
    /// Null for a pod without a name, and for one that is being deleted and no longer works: it is neither starting nor
    /// crashed, and its successor is listed beside it. One that is being deleted and still runs still takes jobs.
    /// </returns>
    public static WorkerPod? Read(Pod pod, string? container, DateTimeOffset now)
    {
        if (pod.Metadata is not { Name: { Length: > 0 } name } metadata)
        {
            return null;
        }

        var containers = pod.Spec?.Containers?.OfType<PodContainer>().ToList() ?? [];
        var worker = WorkerContainer(containers, metadata, container);
        var status = pod.Status?.ContainerStatuses?.FirstOrDefault(s => s?.Name is not null && s.Name == worker?.Name);
        var instance = Instance(name, pod, status);
        if (metadata.DeletionTimestamp is { } goneBy && (instance.State != InstanceState.Running || now - goneBy > Overdue))
        {
            return null;
        }

        // Limits can be changed while a container runs; then its status holds those that are in force.
        var limits = status?.Resources?.Limits ?? worker?.Resources?.Limits;
        return new WorkerPod
        {
            Name = name,
            Uid = metadata.Uid ?? name,
            Owner = Owner(name, metadata),
            Instance = instance,
            Container = worker?.Name,
            Image = worker?.Image,
            ImageId = string.IsNullOrEmpty(status?.ImageID) ? null : status.ImageID,
            Version = metadata.Labels?.GetValueOrDefault(VersionLabel),
            CpuLimit = Quantity.Read(limits?.Cpu),
            MemoryLimit = Quantity.Read(limits?.Memory),
            CreatedAt = metadata.CreationTimestamp,
            HasPreviousRun = status?.LastState?.Terminated is not null,
            HasSucceeded = pod.Status?.Phase == "Succeeded",
        };
    }

    private static PodContainer? WorkerContainer(List<PodContainer> containers, ObjectMetadata metadata, string? configured)
    {
        return Named(configured)
            ?? Named(Worker)
            ?? Named(metadata.Annotations?.GetValueOrDefault(DefaultContainer))
            ?? containers.Find(c => c.Name?.Contains(Worker, StringComparison.OrdinalIgnoreCase) == true)
            ?? containers.FirstOrDefault();

        PodContainer? Named(string? name) => string.IsNullOrEmpty(name) ? null : containers.Find(c => c.Name == name);
    }

    private static InstanceEvidence Instance(string name, Pod pod, ContainerStatus? status)
    {
        var created = pod.Metadata!.CreationTimestamp;
        var last = status?.LastState?.Terminated;
        var instance = new InstanceEvidence
        {
            Id = name,
            State = InstanceState.Waiting,
            Restarts = status?.RestartCount,
            StartedAt = last?.StartedAt ?? created,
            LastTerminationReason = last?.Reason,
            LastExitCode = ExitCode(last),
            LastTerminatedAt = last is null ? null : EndOf(last, pod),
        };
        if (pod.Status?.Phase is "Failed" or "Succeeded")
        {
            return Ended(instance, pod, status?.State?.Terminated ?? last, isLast: status?.State?.Terminated is null && last is not null);
        }

        if (status?.State?.Running is { } running)
        {
            return instance with { State = InstanceState.Running, StartedAt = running.StartedAt ?? instance.StartedAt };
        }

        if (status?.State?.Terminated is { } terminated)
        {
            return Ended(instance, pod, terminated, isLast: false);
        }

        // Accepted, and nobody has said anything worse: the node has only not reported yet.
        var waiting = status?.State?.Waiting?.Reason is { Length: > 0 } own ? own : ContainerCreating;
        var reason = waiting is ContainerCreating or PodInitializing ? InitFailure(pod.Status) ?? Unscheduled(pod.Status) ?? waiting : waiting;

        // A container that is made anew, as after its node's restart, has been starting since its last run ended.
        return reason is ContainerCreating or PodInitializing && instance.LastTerminatedAt > instance.StartedAt
            ? instance with { Reason = reason, StartedAt = instance.LastTerminatedAt }
            : instance with { Reason = reason };
    }

    private static InstanceEvidence Ended(InstanceEvidence instance, Pod pod, ContainerTerminated? terminated, bool isLast) => instance with
    {
        State = InstanceState.Terminated,
        Reason = pod.Status?.Reason is { Length: > 0 } reason ? reason : terminated?.Reason,
        ExitCode = ExitCode(terminated),
        StartedAt = terminated?.StartedAt ?? pod.Status?.StartTime ?? instance.StartedAt,
        LastTerminatedAt = EndOf(terminated, pod),
        LastTerminationReason = isLast ? null : instance.LastTerminationReason,
        LastExitCode = isLast ? null : instance.LastExitCode,
    };

    /// <summary>The kubelet makes up 137 for a container that it has lost sight of.</summary>
    private static int? ExitCode(ContainerTerminated? terminated) =>
        terminated is null or { Reason: "ContainerStatusUnknown" } ? null : terminated.ExitCode;

    /// <summary>
    /// When a run ended. A lost or evicted container has no time of its own; without any, its end would count as recent for
    /// ever. It ended when the pod was last seen to turn unready, and in no case before the pod was made.
    /// </summary>
    private static DateTimeOffset? EndOf(ContainerTerminated? terminated, Pod pod) =>
        terminated?.FinishedAt
        ?? pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "Ready", Status: "False" })?.LastTransitionTime
        ?? pod.Status?.StartTime
        ?? pod.Metadata!.CreationTimestamp;

    /// <summary>
    /// What holds an init container up, as kubectl words it. With the prefix, the contract reads it as failing to start and
    /// not as a crash loop: the worker itself has never run.
    /// </summary>
    private static string? InitFailure(PodStatus? status)
    {
        foreach (var init in status?.InitContainerStatuses ?? [])
        {
            switch (init?.State)
            {
                case { Terminated: { ExitCode: not 0 } terminated }:
                    return $"Init:{(string.IsNullOrEmpty(terminated.Reason) ? terminated.Signal is > 0 and var signal ? $"Signal:{signal}" : $"ExitCode:{terminated.ExitCode}" : terminated.Reason)}";
                case { Waiting.Reason: { Length: > 0 } reason } when reason is not (PodInitializing or ContainerCreating):
                    return $"Init:{reason}";
                case { Running: not null } when init.Started != true:
                    return null;
            }
        }

        return null;
    }

    private static string? Unscheduled(PodStatus? status) =>
        status?.Conditions?.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" }) is { } condition
            ? condition.Reason is null or "Unschedulable" ? FailedScheduling : condition.Reason
            : null;

    private static PodOwner Owner(string name, ObjectMetadata metadata)
    {
        var owners = metadata.OwnerReferences?.OfType<OwnerReference>().Where(o => !string.IsNullOrEmpty(o.Kind) && !string.IsNullOrEmpty(o.Name)).ToList() ?? [];
        if ((owners.Find(o => o.Controller == true) ?? owners.FirstOrDefault()) is not { } owner)
        {
            return new PodOwner(nameof(Pod), name);
        }

        // The name of a Deployment's ReplicaSet is the Deployment's and the hash that its pods carry; ReplicaSets themselves need not be listed.
        return owner.Kind == "ReplicaSet"
            && metadata.Labels?.GetValueOrDefault("pod-template-hash") is { Length: > 0 } hash
            && owner.Name!.Length > hash.Length + 1
            && owner.Name.EndsWith($"-{hash}", StringComparison.Ordinal)
                ? new PodOwner(PodOwner.Deployment, owner.Name[..^(hash.Length + 1)])
                : new PodOwner(owner.Kind!, owner.Name!);
    }
}
