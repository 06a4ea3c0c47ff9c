using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Docker.DotNet.Models;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Asks Docker or Podman about the workers' containers. What is not there in time is left out: deployments are known as
/// soon as the containers are listed.
/// </summary>
internal sealed class DockerCollector : IEvidenceCollector
{
    private const int LogsAtOnce = 4;

    private readonly DockerOptions _options;
    private readonly LogTailOptions _logs;
    private readonly TimeSpan _deadline;
    private readonly DockerEndpointSearch _search;
    private readonly LogPatternMatcher _matcher;
    private readonly TimeProvider _time;
    private readonly ContainerFilter _filter;
    private readonly ContainerGroups _groups;
    private Dictionary<string, CpuSample> _samples = new(StringComparer.Ordinal);

    public DockerCollector(IOptions<DockerOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, DockerEndpointSearch search, LogPatternMatcher matcher, TimeProvider time)
    {
        _options = options.Value;
        _logs = diagnostics.Value.Logs;
        _deadline = diagnostics.Value.CollectorDeadline;
        _search = search;
        _matcher = matcher;
        _time = time;
        _filter = new ContainerFilter(_options);
        _groups = new ContainerGroups(diagnostics.Value.Thresholds.EvidenceWindow);
    }

    public string Name => "docker";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments, SnapshotSection.Resources, SnapshotSection.Logs];

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        if (!_search.TryFind(_options, out var endpoint, out var missing))
        {
            return Unavailable(missing);
        }

        // Short of the deadline, so that what is known by then is still handed over.
        using var most = new CancellationTokenSource(_deadline * 0.6, _time);
        using var all = new CancellationTokenSource(_deadline * 0.85, _time);
        using var inspecting = CancellationTokenSource.CreateLinkedTokenSource(most.Token, cancellationToken);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(all.Token, cancellationToken);
        try
        {
            using var engine = new DockerEngine(endpoint);
            return await CollectAsync(engine, inspecting.Token, reading.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (DockerFailures.Of(exception, endpoint) is { } failure)
        {
            return Unavailable(failure);
        }
    }

    private async Task<CollectedEvidence> CollectAsync(DockerEngine engine, CancellationToken inspecting, CancellationToken reading)
    {
        var listed = await WorkerContainers.ListAsync(engine, _filter, _options.Containers, reading).ConfigureAwait(false);
        if (listed.Unavailable is { } failure)
        {
            return Unavailable(failure);
        }

        var containers = listed.Value!;
        var started = _time.GetTimestamp();
        IReadOnlyList<WorkerContainer> running = [.. containers.Where(c => c.IsRunning)];
        var first = WorkerContainers.EachAsync(engine, running, DockerEngine.RequestsAtOnce / 2, engine.StatsAsync, reading);
        var inspected = await WorkerContainers.EachAsync(engine, containers, DockerEngine.RequestsAtOnce / 2, engine.InspectAsync, inspecting).ConfigureAwait(false);
        containers = [.. inspected.Where(i => !i.IsGone).Select(i => i.Container with { Inspected = i.Value })];

        var now = _time.GetUtcNow();
        var groups = _groups.Read(containers, now);
        var logs = LogsAsync(engine, groups.WithLogs, now, reading);
        var resources = await ResourcesAsync(engine, containers, await first.ConfigureAwait(false), started, reading).ConfigureAwait(false);
        return new CollectedEvidence
        {
            Deployments = Section.List(groups.Deployments),
            Resources = resources,
            Logs = await logs.ConfigureAwait(false),
        };
    }

    /// <summary>What the containers use. The processor needs two samples: one of the last reading, or a second one now.</summary>
    private async Task<Section<IReadOnlyList<ResourceEvidence>>> ResourcesAsync(
        DockerEngine engine, IReadOnlyList<WorkerContainer> containers, List<ContainerAnswer<ContainerStatsResponse>> answers, long started, CancellationToken reading)
    {
        var limits = containers.Where(c => c.Inspected is not null).ToDictionary(c => c.Id, c => c.Inspected!.HostConfig, StringComparer.Ordinal);
        var stats = answers.Where(a => a.Value is not null).ToDictionary(a => a.Container.Id, a => a.Value!, StringComparer.Ordinal);
        var earlier = new Dictionary<string, CpuSample>(StringComparer.Ordinal);
        var again = new List<WorkerContainer>();
        foreach (var answer in answers)
        {
            if (answer.Value is not { } value || CpuSample.Of(value) is not { } sample)
            {
                continue;
            }

            var id = answer.Container.Id;
            if (_samples.TryGetValue(id, out var kept) && ContainerUsage.AreComparable(kept, sample))
            {
                earlier[id] = kept;
            }
            else if (CpuSample.Before(value) is { } before && ContainerUsage.AreComparable(before, sample))
            {
                earlier[id] = before;
            }
            else
            {
                earlier[id] = sample;
                again.Add(answer.Container);
            }
        }

        if (again.Count > 0 && await PauseAsync(started, reading).ConfigureAwait(false))
        {
            foreach (var answer in await WorkerContainers.EachAsync(engine, again, DockerEngine.RequestsAtOnce / 2, engine.StatsAsync, reading).ConfigureAwait(false))
            {
                if (answer.Value is { } value)
                {
                    stats[answer.Container.Id] = value;
                }
            }
        }

        _samples = stats
            .Select(s => (s.Key, Sample: CpuSample.Of(s.Value)))
            .Where(s => s.Sample is not null)
            .ToDictionary(s => s.Key, s => s.Sample!.Value, StringComparer.Ordinal);
        var present = answers.Where(a => !a.IsGone).ToList();
        return present.Count > 0 && stats.Count == 0
            ? Section.UnavailableList<ResourceEvidence>(present[0].Failure ?? DockerFailures.Timeout)
            : Section.List<ResourceEvidence>([.. present
                .Where(a => stats.ContainsKey(a.Container.Id))
                .Select(a => ContainerUsage.Of(a.Container.Name, stats[a.Container.Id], earlier.TryGetValue(a.Container.Id, out var sample) ? sample : null, limits.GetValueOrDefault(a.Container.Id)))]);
    }

    /// <summary>Waits until two samples lie far enough apart; false where there is no time for that.</summary>
    private async Task<bool> PauseAsync(long started, CancellationToken reading)
    {
        var rest = (_deadline * 0.35) - _time.GetElapsedTime(started);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, _time, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !reading.IsCancellationRequested;
    }

    private async Task<Section<IReadOnlyList<LogEvidence>>> LogsAsync(DockerEngine engine, IReadOnlyList<WorkerContainer> containers, DateTimeOffset now, CancellationToken reading)
    {
        var answers = await WorkerContainers.EachAsync(engine, [.. containers.Take(_logs.Workers)], LogsAtOnce, ReadAsync, reading).ConfigureAwait(false);
        var logs = answers.Where(a => a.Value?.Log is not null).Select(a => a.Value!.Log!).ToList();
        var failure = answers.Where(a => !a.IsGone).Select(a => a.Failure ?? a.Value?.Failure).FirstOrDefault(f => f is not null);
        return logs.Count == 0 && failure is not null ? Section.UnavailableList<LogEvidence>(failure) : Section.List(logs);

        async Task<ReadLog> ReadAsync(WorkerContainer container, CancellationToken cancellationToken)
        {
            var (tail, failure) = await engine.ReadLogAsync(container, _logs.Lines, _logs.Bytes, cancellationToken).ConfigureAwait(false);
            var log = tail.Scan(new LogScanner(_matcher), $"docker:{container.Name}", now);

            // Of a log that was not read to its end, nobody knows the last line.
            return failure is null ? new ReadLog(log, null)
                : log.Lines > 0 ? new ReadLog(log with { LastLineAt = null }, null)
                : new ReadLog(null, failure);
        }
    }

    private static CollectedEvidence Unavailable(SectionFailure failure) => new()
    {
        Deployments = Section.UnavailableList<DeploymentEvidence>(failure),
        Resources = Section.UnavailableList<ResourceEvidence>(failure),
        Logs = Section.UnavailableList<LogEvidence>(failure),
    };

    private sealed record ReadLog(LogEvidence? Log, SectionFailure? Failure);
}
