using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// Reads history, and at second hand workers and containers. All queries run at once; what the others ask for is not lost
/// with one that fails, but without the workers' number there is no history.
/// </summary>
internal sealed class PrometheusCollector : IEvidenceCollector
{
    /// <summary>The same times have the same values: readings in short order ask once.</summary>
    private static readonly TimeSpan Reuse = TimeSpan.FromSeconds(15);

    private readonly PrometheusClient _client;
    private readonly PrometheusOptions _options;
    private readonly PrometheusQueries _queries;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private (DateTimeOffset End, long At, CollectedEvidence Evidence)? _last;

    public PrometheusCollector(PrometheusClient client, IOptions<PrometheusOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, TimeProvider time)
    {
        _client = client;
        _options = options.Value;
        _queries = new PrometheusQueries(Matchers(_options.Matchers), Matchers(_options.ContainerMatchers));
        _deadline = diagnostics.Value.CollectorDeadline * 0.85;
        _time = time;
    }

    public string Name => "prometheus";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.History];

    public bool SeesWholeFleet => true;

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        if (!_client.IsConfigured)
        {
            return new CollectedEvidence { History = Section.UnavailableList<HistoryPoint>(new SectionFailure(SectionFailure.NotConfigured, $"no server is named. Set {PrometheusOptions.SectionName}:{nameof(PrometheusOptions.Url)}")) };
        }

        var grid = new HistoryGrid(_time.GetUtcNow(), _options.Range, _options.Step);
        if (_last is { } last && last.End == grid.End && _time.GetElapsedTime(last.At) < Reuse)
        {
            return last.Evidence;
        }

        // Shortly before the collector's deadline, so that what is known by then is not lost with a query that stalls.
        using var deadline = new CancellationTokenSource(_deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var active = Within(_client.QueryRangeAsync(_queries.ActiveWorkers, grid.Start, grid.End, _options.Step, either.Token), cancellationToken);
        var pending = Within(_client.QueryRangeAsync(_queries.Pending, grid.Start, grid.End, _options.Step, either.Token), cancellationToken);
        var deadLetter = Within(_client.QueryRangeAsync(_queries.DeadLetter, grid.Start, grid.End, _options.Step, either.Token), cancellationToken);
        var restarts = Within(_client.QueryRangeAsync(_queries.Restarts, grid.Start, grid.End, _options.Step, either.Token), cancellationToken);
        var heartbeat = Within(_client.QueryAsync(_queries.LastHeartbeat, either.Token), cancellationToken);
        var workers = Within(_client.QueryAsync(_queries.ActiveWorkers, either.Token), cancellationToken);
        var increases = Within(_client.QueryAsync(_queries.RestartsLast5Minutes, either.Token), cancellationToken);
        var containers = Within(_client.QueryAsync(_queries.Containers, either.Token), cancellationToken);
        await Task.WhenAll(active, pending, deadLetter, restarts, heartbeat, workers, increases, containers).ConfigureAwait(false);

        var evidence = new CollectedEvidence
        {
            History = History(grid, await active.ConfigureAwait(false), await pending.ConfigureAwait(false), await deadLetter.ConfigureAwait(false), await restarts.ConfigureAwait(false)),
            SecondHand = new SecondHandEvidence
            {
                Workers = Workers(await workers.ConfigureAwait(false), await heartbeat.ConfigureAwait(false)),
                Deployments = await containers.ConfigureAwait(false) is { IsKnown: true } states ? ContainerStates.Deployments(states.Series, (await increases.ConfigureAwait(false)).Series) : null,
                RestartsByInstance = await increases.ConfigureAwait(false) is { IsKnown: true } known ? ContainerStates.RestartsByPod(known.Series) : null,
            },
        };
        _last = evidence.History.IsKnown ? (grid.End, _time.GetTimestamp(), evidence) : null;
        return evidence;
    }

    private static Section<IReadOnlyList<HistoryPoint>> History(HistoryGrid grid, PrometheusResult active, PrometheusResult pending, PrometheusResult deadLetter, PrometheusResult restarts)
    {
        if (!active.IsKnown)
        {
            return Section.UnavailableList<HistoryPoint>(active.Failure);
        }

        // What history decides is decided by the workers' number; without it, it is not known.
        var counts = grid.Counts(active.Series);
        return counts.All(c => c is null)
            ? Section.UnavailableList<HistoryPoint>(new SectionFailure(SectionFailure.NotSupported, $"the server has no cliply_workers_active that matches. See that it scrapes the host's metrics, and look at {PrometheusOptions.SectionName}:{nameof(PrometheusOptions.Matchers)}"))
            : Section.List(grid.Points(counts, grid.Counts(pending.Series ?? []), grid.Counts(deadLetter.Series ?? []), grid.Counts(restarts.Series ?? [])));
    }

    private WorkersEvidence? Workers(PrometheusResult active, PrometheusResult heartbeat) =>
        active.Series is [{ Samples: [(_, >= 0 and <= 1L << 53 and var count)] }]
            ? new WorkersEvidence { LivenessSource = _options.LivenessSource, Active = (long)Math.Round(count), LastHeartbeatAt = Time(heartbeat) }
            : null;

    private static DateTimeOffset? Time(PrometheusResult result) =>
        result.Series is [{ Samples: [(_, > 0 and < 253_402_300_799 and var seconds)] }] ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : null;

    private static async Task<PrometheusResult> Within(Task<PrometheusResult> query, CancellationToken caller)
    {
        try
        {
            return await query.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return PrometheusResult.Failed(SectionFailure.Timeout, "the server gave no answer within the deadline. Shorten Range, raise Step, or raise Cliply:Diagnostics:CollectorDeadline");
        }
    }

    private static string Matchers(string text) => LabelMatchers.TryParse(text, out var matchers, out _) ? matchers : throw new InvalidOperationException("The matchers were validated with the options.");
}
