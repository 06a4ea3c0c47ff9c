using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Collection;

/// <summary>
/// What a monitoring system tells of things that it does not look at itself. It serves only where nothing that looks itself
/// is configured, or where that finds nothing, as Docker does beside a cluster; where it fails, its failure stays the news,
/// for the monitoring system may repeat what was true before.
/// </summary>
internal sealed record SecondHandEvidence
{
    /// <summary>The workers that scraped hosts know of; null: not told.</summary>
    public WorkersEvidence? Workers { get; init; }

    /// <summary>The workers' containers; null: not told, which is no proof that there is none.</summary>
    public IReadOnlyList<DeploymentEvidence>? Deployments { get; init; }

    /// <summary>Restarts within 5 minutes by instance, extrapolated and so not whole.</summary>
    public IReadOnlyDictionary<string, double>? RestartsByInstance { get; init; }

    /// <summary>Puts into the snapshot what it lacks.</summary>
    public DiagnosticSnapshot Complete(DiagnosticSnapshot snapshot) => snapshot with
    {
        Workers = IsNotLookedAt(snapshot.Workers) && Workers is { } workers ? workers : snapshot.Workers,
        Deployments = (IsNotLookedAt(snapshot.Deployments) || snapshot.Deployments.Value is []) && Deployments is { } deployments ? Section.List(deployments)
            : snapshot.Deployments.Value is { } known && RestartsByInstance is { Count: > 0 } restarts ? Section.List<DeploymentEvidence>([.. known.Select(d => WithRestarts(d, restarts))])
            : snapshot.Deployments,
    };

    private static bool IsNotLookedAt<T>(Section<T> section)
        where T : class => section.IsNotCollected || section.Unavailable?.Code == SectionFailure.NotConfigured;

    /// <summary>A first look at a platform knows only some of the last restarts; a monitoring system that watched all the time knows more.</summary>
    private static DeploymentEvidence WithRestarts(DeploymentEvidence deployment, IReadOnlyDictionary<string, double> restarts)
    {
        if (deployment.Platform != DeploymentPlatform.Kubernetes || deployment.Instances is not { } instances)
        {
            return deployment;
        }

        var told = instances.Where(i => restarts.ContainsKey(i.Id)).Select(i => restarts[i.Id]).ToList();

        // Rounded up: over a limit exactly where the extrapolated number is over it.
        var sum = told.Count == 0 ? (long?)null : (long)Math.Ceiling(told.Sum());
        return sum > (deployment.RestartsLast5Minutes ?? -1) ? deployment with { RestartsLast5Minutes = sum } : deployment;
    }
}
