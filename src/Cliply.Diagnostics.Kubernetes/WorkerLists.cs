using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>Lists the workers' workloads and pods.</summary>
internal sealed class WorkerLists(KubernetesApi api, KubernetesOptions options, CancellationToken cancellationToken)
{
    /// <summary>Of so many workloads whose pods carry other labels, the pods are listed.</summary>
    public const int MaxOtherSelectors = 20;

    private const int MaxWorkloads = 5_000;

    private readonly LabelSelector _workers = LabelSelector.Parse(options.LabelSelector);

    /// <summary>The workers' workloads of one kind.</summary>
    public Task<Section<IReadOnlyList<WorkerWorkload>>> WorkloadsAsync(ApiResource resource, string kind) => api.ListAsync(
        resource, KubernetesJsonContext.Default.ApiListWorkload, workload => WorkerWorkload.Read(kind, workload, _workers), null, null, MaxWorkloads, canBeCut: false, cancellationToken);

    /// <summary>The pods with these labels.</summary>
    public Task<Section<IReadOnlyList<WorkerPod>>> PodsAsync(string selector) => api.ListAsync(
        ApiResource.Pods, KubernetesJsonContext.Default.ApiListPod, pod => PodReader.Read(pod, options.Container, api.Now), selector, null, options.MaxPods, canBeCut: false, cancellationToken);

    /// <summary>The labels of workers' pods that do not carry those of the options.</summary>
    public static IReadOnlyList<string> OtherSelectors(IReadOnlyList<WorkerWorkload> workloads) =>
        [.. workloads.Select(w => w.PodSelector).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>All pods of the workers.</summary>
    /// <param name="first">Those with the labels of the options.</param>
    /// <param name="otherSelectors">The labels of the others.</param>
    public async Task<Section<IReadOnlyList<WorkerPod>>> PodsAsync(Task<Section<IReadOnlyList<WorkerPod>>> first, IReadOnlyList<string> otherSelectors) =>
        otherSelectors.Count <= MaxOtherSelectors
            ? Joined(await Task.WhenAll([first, .. otherSelectors.Select(PodsAsync)]).ConfigureAwait(false))
            : Section.UnavailableList<WorkerPod>(new SectionFailure(SectionFailure.NotSupported, $"more than {MaxOtherSelectors} Deployments carry the workers' labels while their pods do not; narrow {KubernetesOptionsRules.Key(nameof(KubernetesOptions.LabelSelector))}"));

    /// <summary>All of them, where each is known.</summary>
    public static Section<IReadOnlyList<T>> Joined<T>(Section<IReadOnlyList<T>>[] lists) =>
        lists.Select(l => l.Unavailable).FirstOrDefault(f => f is not null) is { } failure
            ? Section.UnavailableList<T>(failure)
            : lists.Length == 1 ? lists[0] : Section.List<T>([.. lists.SelectMany(l => l.Value!)]);
}
