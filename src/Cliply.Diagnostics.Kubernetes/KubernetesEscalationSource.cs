using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Hands over the manifests of what makes the workers' pods, what was rolled out, the pods' events of the last hour, and
/// the ends of their logs with those of the run before a crash. Secrets and ConfigMaps are never asked for.
/// </summary>
internal sealed class KubernetesEscalationSource(
    KubernetesConnectionSource source,
    IOptions<KubernetesOptions> options,
    LogPatternMatcher patterns,
    TimeProvider time) : IEscalationSource
{
    private const int AtOnce = 4;
    private const int MaxManifests = 20;
    private const int MaxRevisions = 2_000;
    private const int MaxEvents = 5_000;
    private const string Folder = "kubernetes";

    private static readonly TimeSpan EventsSince = TimeSpan.FromHours(1);

    private readonly KubernetesOptions _options = options.Value;

    public string Name => "kubernetes";

    public async Task<EscalationDetails> CollectAsync(EscalationRequest request, CancellationToken cancellationToken)
    {
        var details = new EscalationDetailsBuilder(request);
        var opened = await source.OpenInTimeAsync(cancellationToken).ConfigureAwait(false);
        if (opened.Unavailable is { } failure)
        {
            details.AddMissing("pods", failure);
        }
        else
        {
            await CollectAsync(new KubernetesApi(opened.Value!, patterns, time), request, details, cancellationToken).ConfigureAwait(false);
        }

        return details.Build();
    }

    private static SectionFailure NoWorkers { get; } = new(SectionFailure.NotConfigured, $"no workload or pod is a worker's by {KubernetesOptionsRules.Key(nameof(KubernetesOptions.LabelSelector))}");

    private static SectionFailure NoLog { get; } = new("error", "there is none: the container has not started, or the pod has gone");

    private async Task CollectAsync(KubernetesApi api, EscalationRequest request, EscalationDetailsBuilder details, CancellationToken cancellationToken)
    {
        var lists = new WorkerLists(api, _options, cancellationToken);
        var listingPods = lists.PodsAsync(_options.LabelSelector);
        var listingStatefulSets = lists.WorkloadsAsync(ApiResource.StatefulSets, PodOwner.StatefulSet);
        var deployments = await lists.WorkloadsAsync(ApiResource.Deployments, PodOwner.Deployment).ConfigureAwait(false);
        var statefulSets = await listingStatefulSets.ConfigureAwait(false);
        Note("Deployments", deployments.Unavailable);
        Note("StatefulSets", statefulSets.Unavailable);
        IReadOnlyList<WorkerWorkload> workloads = [.. deployments.Value ?? [], .. statefulSets.Value ?? []];
        var otherSelectors = WorkerLists.OtherSelectors(workloads);
        var listed = await lists.PodsAsync(listingPods, otherSelectors).ConfigureAwait(false);
        if (listed.Unavailable?.Code == KubernetesFailures.AuthenticationFailed)
        {
            source.Refused();
        }

        IReadOnlyList<WorkerPod> pods = [.. (listed.Value ?? []).DistinctBy(p => p.Name, StringComparer.Ordinal)];
        Note("pods", listed.Unavailable ?? (pods.Count == 0 && workloads.Count == 0 ? NoWorkers : null));
        var readingLogs = LogsAsync(api, pods, request, cancellationToken);
        var known = workloads.Select(w => w.Owner).ToHashSet();
        var podsOfOwner = pods.GroupBy(p => WorkerDeployments.OwnerAmong(known, p.Owner)).ToDictionary(g => g.Key, g => g.First());
        IReadOnlyList<PodOwner> owners = [.. known.Union(podsOfOwner.Keys).OrderBy(o => o.Name, StringComparer.Ordinal).ThenBy(o => o.Kind, StringComparer.Ordinal)];

        // Asked for at once, so that one that stalls takes no time from the others; added one by one.
        Task<Action<EscalationDetailsBuilder>>[] parts =
        [
            ManifestsAsync(api, owners, podsOfOwner, cancellationToken),
            RolloutsAsync(api, owners.ToHashSet(), otherSelectors, cancellationToken),
            EventsAsync(api, pods, cancellationToken),
        ];
        foreach (var part in parts)
        {
            (await part.ConfigureAwait(false))(details);
        }

        foreach (var pod in pods.Take(request.MaxWorkers))
        {
            details.AddWorker(new WorkerVersion(pod.Name)
            {
                Image = pod.Image,
                Digest = pod.ImageId,
                Version = pod.Version ?? ImageName.TagOf(pod.Image),
                StartedAt = pod.Instance.StartedAt,
                Restarts = pod.Instance.Restarts,
            });
        }

        details.NoteMore(pods.Count);
        Add(await readingLogs.ConfigureAwait(false), details);

        void Note(string what, SectionFailure? failure)
        {
            if (failure is not null)
            {
                details.AddMissing(what, failure);
            }
        }
    }

    /// <summary>The resource that holds a kind of workload; null: none that is asked for.</summary>
    private static ApiResource? ResourceOf(string kind) => kind switch
    {
        PodOwner.Deployment => ApiResource.Deployments,
        PodOwner.StatefulSet => ApiResource.StatefulSets,
        PodOwner.DaemonSet => ApiResource.DaemonSets,
        _ => null,
    };

    /// <summary>Where a workload can't be had, one of its pods shows how it makes them.</summary>
    private static async Task<Action<EscalationDetailsBuilder>> ManifestsAsync(KubernetesApi api, IReadOnlyList<PodOwner> owners, Dictionary<PodOwner, WorkerPod> podsOfOwner, CancellationToken cancellationToken)
    {
        var manifests = new List<(string File, Section<string> Text)>();
        foreach (var owner in owners.Take(MaxManifests))
        {
            if (ResourceOf(owner.Kind) is { } resource && await FindAsync(resource, owner.Kind, owner.Name).ConfigureAwait(false))
            {
                continue;
            }

            if (podsOfOwner.TryGetValue(owner, out var pod))
            {
                await FindAsync(ApiResource.Pods, nameof(Pod), pod.Name).ConfigureAwait(false);
            }
        }

        return details =>
        {
            foreach (var (file, manifest) in manifests)
            {
                if (manifest.Value is { } text)
                {
                    details.AddFile(Folder, file, text);
                }
                else
                {
                    details.AddMissing($"{Folder}/{file}", manifest.Unavailable!);
                }
            }

            if (owners.Count > MaxManifests)
            {
                details.AddMissing("manifests", new SectionFailure("tooMany", $"only {MaxManifests} of {owners.Count} are read; narrow {KubernetesOptionsRules.Key(nameof(KubernetesOptions.LabelSelector))}"));
            }
        };

        async Task<bool> FindAsync(ApiResource resource, string kind, string name)
        {
            var manifest = await api.FindManifestAsync(resource, kind, name, cancellationToken).ConfigureAwait(false);
            manifests.Add(($"{kind.ToLowerInvariant()}-{name}.json", manifest));
            return manifest.IsKnown;
        }
    }

    private async Task<Action<EscalationDetailsBuilder>> RolloutsAsync(KubernetesApi api, IReadOnlySet<PodOwner> owners, IReadOnlyList<string> otherSelectors, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> selectors = [_options.LabelSelector, .. otherSelectors.Take(WorkerLists.MaxOtherSelectors)];
        var revisions = new List<WorkloadRevision>();
        var failures = new List<(string What, SectionFailure Failure)>();
        if (owners.Any(o => o.Kind == PodOwner.Deployment))
        {
            await ListAsync(selector => api.ListAsync(ApiResource.ReplicaSets, KubernetesJsonContext.Default.ApiListWorkload, WorkloadRollouts.Of, selector, null, MaxRevisions, canBeCut: false, cancellationToken), "Deployments").ConfigureAwait(false);
        }

        if (owners.Any(o => o.Kind is PodOwner.StatefulSet or PodOwner.DaemonSet))
        {
            await ListAsync(selector => api.ListAsync(ApiResource.ControllerRevisions, KubernetesJsonContext.Default.ApiListControllerRevision, WorkloadRollouts.Of, selector, null, MaxRevisions, canBeCut: false, cancellationToken), "StatefulSets and DaemonSets").ConfigureAwait(false);
        }

        return details =>
        {
            details.AddRollouts(WorkloadRollouts.Newest(revisions.DistinctBy(r => (r.Owner, r.Revision, r.At)), owners));
            failures.ForEach(f => details.AddMissing(f.What, f.Failure));
        };

        async Task ListAsync(Func<string, Task<Section<IReadOnlyList<WorkloadRevision>>>> list, string of)
        {
            var listed = WorkerLists.Joined(await Task.WhenAll(selectors.Select(list)).ConfigureAwait(false));
            revisions.AddRange(listed.Value ?? []);
            if (listed.Unavailable is { } failure)
            {
                failures.Add(($"rollouts of {of}", failure));
            }
        }
    }

    private static async Task<Action<EscalationDetailsBuilder>> EventsAsync(KubernetesApi api, IReadOnlyList<WorkerPod> pods, CancellationToken cancellationToken)
    {
        if (pods.Count == 0)
        {
            return _ => { };
        }

        const string File = "events.txt";
        var names = pods.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var seen = 0;
        var listed = await api.ListAsync(ApiResource.Events, KubernetesJsonContext.Default.ApiListApiEvent, Keep, null, $"involvedObject.kind={nameof(Pod)}", MaxEvents, canBeCut: true, cancellationToken).ConfigureAwait(false);
        var failure = listed.Unavailable ?? (seen == MaxEvents ? new SectionFailure("tooMany", $"there are {MaxEvents} events of pods or more, and no more were read; kubectl get events shows them") : null);
        return details =>
        {
            if (listed.Value is { } events)
            {
                details.AddFile(Folder, File, EventsText.Of(events));
            }

            if (failure is not null)
            {
                details.AddMissing($"{Folder}/{File}", failure);
            }
        };

        ApiEvent? Keep(ApiEvent one)
        {
            seen++;
            return one.InvolvedObject?.Name is { } name && names.Contains(name) && api.Now - one.At <= EventsSince ? one : null;
        }
    }

    private static async Task<IReadOnlyList<(LogRequest Request, Section<LogEnd<MemoryStream>> End)>> LogsAsync(KubernetesApi api, IReadOnlyList<WorkerPod> pods, EscalationRequest request, CancellationToken cancellationToken)
    {
        var plan = LogPlan.Of(pods, request.MaxWorkers, TimeSpan.MaxValue, api.Now);
        var bytes = request.BytesPerLog(plan.Count);
        var ends = new Section<LogEnd<MemoryStream>>[plan.Count];
        await Parallel.ForAsync(0, plan.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            ends[i] = await api.ReadLogTextAsync(plan[i], request.LogLines, bytes, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. plan.Zip(ends)];
    }

    private static void Add(IReadOnlyList<(LogRequest Request, Section<LogEnd<MemoryStream>> End)> logs, EscalationDetailsBuilder details)
    {
        foreach (var (request, end) in logs)
        {
            if (end.Value is { } log)
            {
                details.AddLog(request.Pod, log.Kept.GetBuffer().AsSpan(0, (int)log.Kept.Length), log.IsCut, request.IsPrevious);
            }
            else
            {
                details.AddMissing($"{(request.IsPrevious ? "previous " : "")}log of {request.Pod}", end.Unavailable ?? NoLog);
            }
        }
    }
}
