using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What is kept of one pod: so little that thousands of them need no care.</summary>
internal sealed record WorkerPod
{
    public required string Name { get; init; }

    public required string Uid { get; init; }

    public required PodOwner Owner { get; init; }

    public required InstanceEvidence Instance { get; init; }

    /// <summary>The worker's container; null where the pod states none.</summary>
    public string? Container { get; init; }

    /// <summary>Its image as the pod states it.</summary>
    public string? Image { get; init; }

    /// <summary>What the node has pulled for it, mostly by its digest.</summary>
    public string? ImageId { get; init; }

    /// <summary>The version that the pod's labels state.</summary>
    public string? Version { get; init; }

    public double? CpuLimit { get; init; }

    public double? MemoryLimit { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether an earlier run of the container has ended, so that its log can be asked for.</summary>
    public bool HasPreviousRun { get; init; }

    /// <summary>Whether the pod is through with all its work, and will not come back.</summary>
    public bool HasSucceeded { get; init; }
}

/// <summary>What made a pod.</summary>
/// <param name="Kind">Such as StatefulSet; Deployment for a ReplicaSet of one; Pod where nothing made it.</param>
/// <param name="Name">Its name.</param>
internal sealed record PodOwner(string Kind, string Name)
{
    public const string Deployment = "Deployment";
    public const string StatefulSet = "StatefulSet";
    public const string DaemonSet = "DaemonSet";
}
