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
    private const int MaxWorkloads = 5_000;
    private const int MaxEvents = 2_000;
    private const int MaxOtherSelectors = 20;
    private const int LogsAtOnce = 4;

    private readonly KubernetesOptions _options = options.Value;
    private readonly CliplyDiagnosticsOptions _diagnostics = diagnostics.Value;
    private readonly RecentRestarts _restarts = new();
    private string? _eventsProblem;

    public string Name => "kubernetes";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments, SnapshotSection.Resources, SnapshotSection.Logs];

    /// <summary>Less than the collector's deadline, so that what is known by then is not lost with what is not.</summary>
    private TimeSpan Budget => _diagnostics.CollectorDeadline * 0.85;

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        using var budget = new CancellationTokenSource(Budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        Section<KubernetesConnection> opened;
        try
        {
            opened = await source.OpenAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            opened = new SectionFailure(SectionFailure.Timeout, "the kubeconfig could not be read in time; its credential plugin may be waiting for somebody");
        }

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
        var workers = LabelSelector.Parse(_options.LabelSelector);
        var listingPods = PodsAsync(_options.LabelSelector);
        var listingMetrics = MetricsAsync(_options.LabelSelector);
        var listingDeployments = WorkloadsAsync(ApiResource.Deployments, PodOwner.Deployment);
        var listingStatefulSets = WorkloadsAsync(ApiResource.StatefulSets, PodOwner.StatefulSet);
        var deployments = await listingDeployments.ConfigureAwait(false);
        var statefulSets = await listingStatefulSets.ConfigureAwait(false);
        IReadOnlyList<WorkerWorkload> workloads = [.. deployments.Value ?? [], .. statefulSets.Value ?? []];

        string[] otherSelectors = [.. workloads.Select(w => w.PodSelector).OfType<string>().Distinct(StringComparer.Ordinal)];
        var pods = otherSelectors.Length <= MaxOtherSelectors
            ? Joined(await Task.WhenAll([listingPods, .. otherSelectors.Select(PodsAsync)]).ConfigureAwait(false))
            : Section.UnavailableList<WorkerPod>(new SectionFailure(SectionFailure.NotSupported, $"more than {MaxOtherSelectors} Deployments carry the workers' labels while their pods do not; narrow {KubernetesOptionsRules.Key(nameof(KubernetesOptions.LabelSelector))}"));
        var allMetrics = Task.WhenAll([listingMetrics, .. otherSelectors.Take(MaxOtherSelectors).Select(MetricsAsync)]);
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
        var metrics = Joined(await allMetrics.ConfigureAwait(false));
        return new CollectedEvidence
        {
            Deployments = Provable(listed, deployments.Unavailable ?? statefulSets.Unavailable),
            Resources = metrics.IsKnown ? Section.List<ResourceEvidence>(PodUsage.Of(distinct, metrics.Value)) : Section.UnavailableList<ResourceEvidence>(metrics.Unavailable!),
            Logs = logs,
        };

        Task<Section<IReadOnlyList<WorkerPod>>> PodsAsync(string selector) => api.ListAsync(
            ApiResource.Pods, KubernetesJsonContext.Default.ApiListPod, pod => PodReader.Read(pod, _options.Container, api.Now), selector, null, _options.MaxPods, canBeCut: false, cancellationToken);

        Task<Section<IReadOnlyList<PodMetrics>>> MetricsAsync(string selector) => api.ListAsync<PodMetrics, PodMetrics>(
            ApiResource.Metrics, KubernetesJsonContext.Default.ApiListPodMetrics, used => used, selector, null, _options.MaxPods, canBeCut: true, cancellationToken);

        Task<Section<IReadOnlyList<WorkerWorkload>>> WorkloadsAsync(ApiResource resource, string kind) => api.ListAsync(
            resource, KubernetesJsonContext.Default.ApiListWorkload, workload => WorkerWorkload.Read(kind, workload, workers), null, null, MaxWorkloads, canBeCut: false, cancellationToken);
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

    private static Section<IReadOnlyList<T>> Joined<T>(Section<IReadOnlyList<T>>[] lists) =>
        lists.Select(l => l.Unavailable).FirstOrDefault(f => f is not null) is { } failure
            ? Section.UnavailableList<T>(failure)
            : lists.Length == 1 ? lists[0] : Section.List<T>([.. lists.SelectMany(l => l.Value!)]);

    private static CollectedEvidence Unavailable(SectionFailure failure) => new()
    {
        Deployments = Section.UnavailableList<DeploymentEvidence>(failure),
        Resources = Section.UnavailableList<ResourceEvidence>(failure),
        Logs = Section.UnavailableList<LogEvidence>(failure),
    };
}
