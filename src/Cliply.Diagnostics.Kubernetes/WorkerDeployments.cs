using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>Puts pods under the Deployment or StatefulSet that made them.</summary>
internal static class WorkerDeployments
{
    private const string FailedCreate = "FailedCreate";

    /// <summary>Lists the deployments.</summary>
    /// <param name="workloads">The Deployments and StatefulSets of the workers.</param>
    /// <param name="pods">Their pods.</param>
    /// <param name="restarts">What earlier readings saw.</param>
    /// <param name="now">The time by the API server's clock.</param>
    /// <returns>Sorted by name; what runs without a Deployment or StatefulSet is one of its own, with no number of desired replicas.</returns>
    public static IReadOnlyList<DeploymentEvidence> Of(IReadOnlyList<WorkerWorkload> workloads, IReadOnlyList<WorkerPod> pods, RecentRestarts restarts, DateTimeOffset now)
    {
        var known = workloads.Select(w => w.Owner).ToHashSet();
        var byOwner = pods.ToLookup(p => OwnerAmong(known, p.Owner));
        var present = new HashSet<string>(StringComparer.Ordinal);
        var deployments = new List<DeploymentEvidence>();
        foreach (var workload in workloads)
        {
            var instances = byOwner[workload.Owner].ToList();
            deployments.Add(Evidence(workload.Owner, instances) with
            {
                DesiredReplicas = workload.Desired,
                ReadyReplicas = workload.Ready,
                Instances = [.. instances.Select(p => p.Instance), .. NotCreated(workload, instances.Count)],
            });
        }

        foreach (var group in byOwner)
        {
            // Jobs that are done are no deployment that something is missing from.
            if (!known.Contains(group.Key) && !group.All(p => p.HasSucceeded))
            {
                deployments.Add(Evidence(group.Key, [.. group]));
            }
        }

        restarts.Keep(present);
        deployments.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return deployments;

        DeploymentEvidence Evidence(PodOwner owner, IReadOnlyList<WorkerPod> instances) => new()
        {
            Platform = DeploymentPlatform.Kubernetes,
            Name = owner.Name,
            RestartsLast5Minutes = instances.Sum(RestartsOf),
            Instances = [.. instances.Select(p => p.Instance)],
        };

        long RestartsOf(WorkerPod pod)
        {
            // A container that runs was started again after its last run ended.
            var instance = pod.Instance;
            var startedAt = instance.State == InstanceState.Running && instance.LastTerminatedAt > instance.StartedAt ? instance.LastTerminatedAt : instance.StartedAt;
            present.Add(pod.Uid);
            return restarts.Observe(pod.Uid, instance.Restarts ?? 0, pod.CreatedAt, startedAt, now);
        }
    }

    /// <summary>A ReplicaSet whose pods carry no hash is told by its name: that of the Deployment, a hyphen, and a word.</summary>
    public static PodOwner OwnerAmong(IReadOnlySet<PodOwner> known, PodOwner owner) =>
        owner.Kind == "ReplicaSet"
        && owner.Name.LastIndexOf('-') is > 0 and var hyphen
        && new PodOwner(PodOwner.Deployment, owner.Name[..hyphen]) is var deployment
        && known.Contains(deployment)
            ? deployment
            : owner;

    /// <summary>Where the cluster refuses to create pods, as over a quota, there is none to say so; one instance stands for those that are missing.</summary>
    private static IEnumerable<InstanceEvidence> NotCreated(WorkerWorkload workload, int pods) =>
        workload.CreationFails && pods < workload.Desired
            ? [new InstanceEvidence { Id = workload.Owner.Name, State = InstanceState.Waiting, Reason = FailedCreate }]
            : [];
}
