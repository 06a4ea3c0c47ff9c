using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Collection;

/// <summary>
/// One collection at a time, shared by all who ask for one. Nobody waits longer than the collection's own deadline, so
/// that no queue can build up behind a stalled collector.
/// </summary>
internal sealed class FleetDiagnostics : IFleetDiagnostics, IAsyncDisposable, IDisposable
{
    private readonly SnapshotCollection _collection;
    private readonly HistoryRing _history;
    private readonly DiagnosisClassifier _classifier;
    private readonly TimeProvider _time;
    private readonly TimeSpan _maxAge;
    private readonly ILogger<FleetDiagnostics> _logger;
    private readonly ReportChangeLog _changes;
    private readonly IReadingObserver[] _observers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task<FleetReading>? _running;
    private long _readings;
    private volatile Kept? _last;

    public FleetDiagnostics(
        SnapshotCollection collection,
        HistoryRing history,
        DiagnosisClassifier classifier,
        IOptions<CliplyDiagnosticsOptions> options,
        TimeProvider time,
        IEnumerable<IReadingObserver> observers,
        ILogger<FleetDiagnostics> logger)
    {
        _collection = collection;
        _history = history;
        _classifier = classifier;
        _time = time;
        _maxAge = options.Value.SnapshotMaxAge;
        _observers = [.. observers];
        _logger = logger;
        _changes = new ReportChangeLog(logger);
    }

    public FleetReading? Last => _last is { } last ? last.Reading with { Age = AgeOf(last) } : null;

    public async Task<FleetReading> DiagnoseAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);

        if (_last is { } last && AgeOf(last) is var age && age < _maxAge)
        {
            return last.Reading with { Age = age };
        }

        return await Join().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            running = _running;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (running is not null)
        {
            // The outcome belongs to those who wait for it.
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopping.Dispose();
    }

    /// <summary>Stops without waiting; a collection that runs ends at its next step.</summary>
    public void Dispose() => _stopping.Cancel();

    /// <summary>By the clock that only runs forward: one that is set back must not keep an old reading in service.</summary>
    private TimeSpan AgeOf(Kept kept) => _time.GetElapsedTime(kept.Since);

    private sealed record Kept(FleetReading Reading, long Since);

    private Task<FleetReading> Join()
    {
        lock (_gate)
        {
            if (_running is null || _running.IsCompleted)
            {
                // Off the caller's context and stack: a collector that blocks must not block the lock or the caller.
                _running = Task.Run(() => ReadAsync(_stopping.Token));
            }

            return _running;
        }
    }

    private async Task<FleetReading> ReadAsync(CancellationToken stopping)
    {
        var collected = await _collection.CollectAsync(stopping).ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        var snapshot = _history.Fill(collected.Snapshot);
        var report = _classifier.Classify(snapshot);
        var reading = new FleetReading
        {
            Snapshot = snapshot,
            Report = report,
            CollectedAt = _time.GetUtcNow() - collected.Age,
            Age = collected.Age,
            Collectors = collected.Collectors,
            Number = Interlocked.Increment(ref _readings),
        };
        foreach (var run in collected.Collectors)
        {
            if (run.Failure is not null)
            {
                DiagnosticsLog.CollectorFailed(_logger, run.Name, run.Failure, run.Duration.TotalMilliseconds);
            }
        }

        _history.Add(snapshot);
        _last = new Kept(reading, _time.GetTimestamp() - (long)(collected.Age.TotalSeconds * _time.TimestampFrequency));
        foreach (var observer in _observers)
        {
            observer.Observe(reading);
        }

        _changes.Observe(report);
        return reading;
    }
}
