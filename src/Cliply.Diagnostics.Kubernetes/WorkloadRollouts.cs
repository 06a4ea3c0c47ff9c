using System.Globalization;
using Cliply.Diagnostics.Escalations;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>One version of a workload's pods, as the cluster keeps it for a rollback.</summary>
/// <param name="Owner">The workload.</param>
/// <param name="Revision">Its number; null: it has none.</param>
/// <param name="At">When it was made.</param>
/// <param name="Images">The images of its containers.</param>
internal sealed record WorkloadRevision(PodOwner Owner, long? Revision, DateTimeOffset? At, IReadOnlyList<string> Images);

/// <summary>Says what was rolled out when.</summary>
internal static class WorkloadRollouts
{
    private const string RevisionAnnotation = "deployment.kubernetes.io/revision";

    /// <summary>Of a Deployment.</summary>
    public static WorkloadRevision? Of(Workload replicaSet) => Of(
        replicaSet.Metadata,
        long.TryParse(replicaSet.Metadata?.Annotations?.GetValueOrDefault(RevisionAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null,
        replicaSet.Spec);

    /// <summary>Of a StatefulSet or DaemonSet.</summary>
    public static WorkloadRevision? Of(ControllerRevision revision) => Of(revision.Metadata, revision.Revision, revision.Data?.Spec);

    /// <summary>The newest of each workload; a version that was rolled back to has the newest number, whatever its age.</summary>
    /// <param name="revisions">What the cluster keeps.</param>
    /// <param name="owners">The workers' workloads.</param>
    public static IEnumerable<Rollout> Newest(IEnumerable<WorkloadRevision> revisions, IReadOnlySet<PodOwner> owners) => revisions
        .Where(r => owners.Contains(r.Owner))
        .GroupBy(r => r.Owner)
        .OrderBy(g => g.Key.Name, StringComparer.Ordinal).ThenBy(g => g.Key.Kind, StringComparer.Ordinal)
        .SelectMany(g => g
            .OrderByDescending(r => r.Revision).ThenByDescending(r => r.At)
            .Take(EscalationRequest.MaxRollouts)
            .Select(r => new Rollout(g.Key.Name, r.Revision?.ToString(CultureInfo.InvariantCulture), r.At, r.Images)));

    private static WorkloadRevision? Of(ObjectMetadata? metadata, long? revision, WorkloadSpec? spec) =>
        metadata?.OwnerReferences?.FirstOrDefault(o => o?.Controller == true) is { Kind: { Length: > 0 } kind, Name: { Length: > 0 } name }
            ? new WorkloadRevision(new PodOwner(kind, name), revision, metadata.CreationTimestamp, [.. (spec?.Template?.Spec?.Containers ?? []).Select(c => c?.Image).OfType<string>()])
            : null;
}
