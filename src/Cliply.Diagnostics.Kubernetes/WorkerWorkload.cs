namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What is kept of one Deployment or StatefulSet.</summary>
/// <param name="Owner">Its kind and name.</param>
/// <param name="Desired">How many pods it should have.</param>
/// <param name="Ready">How many are ready; null: it has not been looked at yet.</param>
/// <param name="CreationFails">Whether the cluster refuses to create its pods.</param>
/// <param name="PodSelector">Which pods are its own, where the options' selector does not find them; otherwise null.</param>
internal sealed record WorkerWorkload(PodOwner Owner, long Desired, long? Ready, bool CreationFails, string? PodSelector)
{
    /// <summary>Reads a workload; null where it is none of the workers'.</summary>
    /// <param name="kind">Deployment or StatefulSet.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="workers">Which labels workers carry.</param>
    public static WorkerWorkload? Read(string kind, Workload workload, LabelSelector workers)
    {
        // Pods get the template's labels; those of the workload itself may be others, or none.
        var makesWorkers = workers.Matches(workload.Spec?.Template?.Metadata?.Labels);
        return workload.Metadata is { Name: { Length: > 0 } name } metadata && (makesWorkers || workers.Matches(metadata.Labels))
            ? new WorkerWorkload(
                new PodOwner(kind, name),
                workload.Spec?.Replicas ?? 1,
                workload.Status is { } status ? status.ReadyReplicas ?? 0 : null,
                workload.Status?.Conditions?.Any(c => c is { Type: "ReplicaFailure", Status: "True" }) == true,
                makesWorkers ? null : LabelSelector.TextOf(workload.Spec?.Selector))
            : null;
    }
}
