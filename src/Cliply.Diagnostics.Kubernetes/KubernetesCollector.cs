using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Platforms;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Reads Deployments, StatefulSets, pods and usage at once, then the events that explain what does not start and the logs
/// of those that can tell something. What is slow costs its own section only.
/// </summary>
internal sealed class KubernetesCollector(
    KubernetesConnectionSource source,
    IOptions<KubernetesOptions> options,
    IOptions<CliplyDiagnosticsOptions> diagnostics,
    LogPatternMatcher patterns,
    TimeProvider time,
    ILogger<KubernetesCollector> logger) : IEvidenceCollector
{
    private const int MaxEvents = 2_000;
    private const int LogsAtOnce = 4;

    private readonly KubernetesOptions _options = options.Value;
    private readonly CliplyDiagnosticsOptions _diagnostics = diagnostics.Value;
    private readonly RecentRestarts _restarts = new();
    private string? _eventsProblem;

    public string Name => "kubernetes";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments, SnapshotSection.Resources, SnapshotSection.Logs];

    public bool SeesWholeFleet => true;

    /// <summary>Less than the collector's deadline, so that what is known by then is not lost with what is not.</summary>
    private TimeSpan Budget => _diagnostics.CollectorDeadline * 0.85;

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(Budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        var opened = await source.OpenInTimeAsync(either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (!opened.IsKnown)
        {
            return Unavailable(opened.Unavailable!);
        }

        var evidence = await ReadAsync(new KubernetesApi(opened.Value, patterns, time), either.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (evidence.Deployments.Unavailable?.Code == KubernetesFailures.AuthenticationFailed)
        {
            source.Refused();
        }

        return evidence;
    }

    private async Task<CollectedEvidence> ReadAsync(KubernetesApi api, CancellationToken cancellationToken)
    {
        var lists = new WorkerLists(api, _options, cancellationToken);
        var listingPods = lists.PodsAsync(_options.LabelSelector);
        var listingMetrics = MetricsAsync(_options.LabelSelector);
        var listingDeployments = lists.WorkloadsAsync(ApiResource.Deployments, PodOwner.Deployment);
        var listingStatefulSets = lists.WorkloadsAsync(ApiResource.StatefulSets, PodOwner.StatefulSet);
        var deployments = await listingDeployments.ConfigureAwait(false);
        var statefulSets = await listingStatefulSets.ConfigureAwait(false);
        IReadOnlyList<WorkerWorkload> workloads = [.. deployments.Value ?? [], .. statefulSets.Value ?? []];

        var otherSelectors = WorkerLists.OtherSelectors(workloads);
        var pods = await lists.PodsAsync(listingPods, otherSelectors).ConfigureAwait(false);
        var allMetrics = Task.WhenAll([listingMetrics, .. otherSelectors.Take(WorkerLists.MaxOtherSelectors).Select(MetricsAsync)]);
        if (!pods.IsKnown)
        {
            await allMetrics.ConfigureAwait(false);
            return Unavailable(pods.Unavailable!);
        }

        var distinct = pods.Value.DistinctBy(p => p.Name, StringComparer.Ordinal).ToList();
        var readingLogs = LogsAsync(api, distinct, cancellationToken);
        var (explainedWorkloads, explainedPods) = await ExplainAsync(api, workloads, distinct, cancellationToken).ConfigureAwait(false);
        var listed = WorkerDeployments.Of(explainedWorkloads, explainedPods, _restarts, api.Now);
        var logs = await readingLogs.ConfigureAwait(false);
        var metrics = WorkerLists.Joined(await allMetrics.ConfigureAwait(false));
        return new CollectedEvidence
        {
            Deployments = Provable(listed, deployments.Unavailable ?? statefulSets.Unavailable),
            Resources = metrics.IsKnown ? Section.List<ResourceEvidence>(PodUsage.Of(distinct, metrics.Value)) : Section.UnavailableList<ResourceEvidence>(metrics.Unavailable!),
            Logs = logs,
        };

        Task<Section<IReadOnlyList<PodMetrics>>> MetricsAsync(string selector) => api.ListAsync<PodMetrics, PodMetrics>(
            ApiResource.Metrics, KubernetesJsonContext.Default.ApiListPodMetrics, used => used, selector, null, _options.MaxPods, canBeCut: true, cancellationToken);
    }

    private async Task<(IReadOnlyList<WorkerWorkload> Workloads, IReadOnlyList<WorkerPod> Pods)> ExplainAsync(KubernetesApi api, IReadOnlyList<WorkerWorkload> workloads, IReadOnlyList<WorkerPod> pods, CancellationToken cancellationToken)
    {
        var startGrace = _diagnostics.Thresholds.StartGrace;
        var forPods = pods.Any(p => PodEvents.NeedsThem(p, startGrace, api.Now)) ? EventsAsync(nameof(Pod)) : null;
        var forStatefulSets = workloads.Any(w => PodEvents.NeedsThem(w, pods)) ? EventsAsync(PodOwner.StatefulSet) : null;
        if (forPods is not null)
        {
            pods = PodEvents.Explain(pods, await forPods.ConfigureAwait(false), startGrace, api.Now);
        }

        if (forStatefulSets is not null)
        {
            workloads = PodEvents.Explain(workloads, await forStatefulSets.ConfigureAwait(false), _diagnostics.Thresholds.EvidenceWindow, api.Now);
        }

        return (workloads, pods);

        async Task<IReadOnlyList<ApiEvent>> EventsAsync(string kind)
        {
            var events = await api.ListAsync<ApiEvent, ApiEvent>(
                ApiResource.Events, KubernetesJsonContext.Default.ApiListApiEvent, e => e, null, $"involvedObject.kind={kind},type=Warning", MaxEvents, canBeCut: true, cancellationToken).ConfigureAwait(false);
            if (events.Unavailable is { } failure && failure.Code != _eventsProblem)
            {
                KubernetesLog.EventsUnavailable(logger, failure.Code, failure.Message);
            }

            _eventsProblem = events.Unavailable?.Code;
            return events.Value ?? [];
        }
    }

    private async Task<Section<IReadOnlyList<LogEvidence>>> LogsAsync(KubernetesApi api, IReadOnlyList<WorkerPod> pods, CancellationToken cancellationToken)
    {
        var plan = LogPlan.Of(pods, _diagnostics.Logs.Workers, _diagnostics.Thresholds.EvidenceWindow, api.Now);
        var logs = new Section<LogEvidence>[plan.Count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(LogsAtOnce, plan.Count)).Select(_ => ReadNextAsync())).ConfigureAwait(false);

        var known = logs.Select(l => l.Value).OfType<LogEvidence>().ToList();
        return known.Count == 0 && logs.Select(l => l.Unavailable).FirstOrDefault(f => f is not null) is { } failure
            ? Section.UnavailableList<LogEvidence>(failure)
            : Section.List<LogEvidence>(known);

        async Task ReadNextAsync()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < plan.Count;)
            {
                logs[i] = await api.ReadLogAsync(plan[i], _diagnostics.Logs, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where Deployments or StatefulSets can't be listed, what runs is seen all the same; that nothing runs, or should, is not.</summary>
    private static Section<IReadOnlyList<DeploymentEvidence>> Provable(IReadOnlyList<DeploymentEvidence> listed, SectionFailure? failure) =>
        failure is not null && !listed.Any(d => d.Instances!.Any(i => i.State == InstanceState.Running))
            ? Section.UnavailableList<DeploymentEvidence>(failure)
            : Section.List<DeploymentEvidence>(listed);

    private static CollectedEvidence Unavailable(SectionFailure failure) => new()
    {
        Deployments = Section.UnavailableList<DeploymentEvidence>(failure),
        Resources = Section.UnavailableList<ResourceEvidence>(failure),
        Logs = Section.UnavailableList<LogEvidence>(failure),
    };
}
