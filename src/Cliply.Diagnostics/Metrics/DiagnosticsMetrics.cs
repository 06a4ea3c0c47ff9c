using System.Diagnostics.Metrics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Metrics;

/// <summary>
/// The last reading as metrics, without any I/O. A section that is unavailable keeps its last known values;
/// <c>cliply_collection_failures</c> and <c>cliply_diagnosis</c> tell that. No instrument has a unit, for exporters would
/// put it into the name.
/// </summary>
internal sealed class DiagnosticsMetrics : IReadingObserver
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cliply.Diagnostics";

    /// <summary>So many kinds are told by name; a job table may hold any number of them.</summary>
    private const int MostKinds = 50;

    private const string OtherKinds = "other";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _failures = new(StringComparer.Ordinal);
    private volatile WorkersEvidence? _workers;
    private volatile QueueEvidence? _queue;
    private volatile FleetReading? _reading;

    public DiagnosticsMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("cliply_workers_active", () => Known(_workers?.Active), description: "Distinct workers known, stale ones included.");
        meter.CreateObservableGauge("cliply_workers_last_heartbeat_timestamp", () => Known(UnixSeconds(_workers?.LastHeartbeatAt)), description: "The newest heartbeat of all workers, in Unix seconds.");
        meter.CreateObservableGauge("cliply_jobs_pending", () => Known(_queue?.Runnable), description: "Jobs that wait and are due.");
        meter.CreateObservableGauge("cliply_jobs_running", () => Known(_queue?.Running), description: "Jobs that a worker holds.");
        meter.CreateObservableGauge("cliply_jobs_dead_letter", () => Known(_queue?.DeadLetter), description: "Jobs that have run out of retries.");
        meter.CreateObservableGauge("cliply_jobs_oldest_pending_age", () => Known<long>(_queue is { Runnable: 0 } ? 0 : _queue?.OldestRunnableAgeSeconds), description: "How long the oldest due job has waited, in seconds; 0 when none waits.");
        meter.CreateObservableGauge("cliply_jobs_by_kind", Kinds, description: "Jobs by kind and state: pending, running, dead_letter. At most 50 kinds, those with most jobs; the rest is other.");
        meter.CreateObservableGauge("cliply_diagnosis", Diagnoses, description: "1 while the diagnosis is active.");
        meter.CreateObservableGauge("cliply_collection_duration", Durations, description: "How long each collector took in the last collection, in seconds.");
        meter.CreateObservableGauge("cliply_collection_failures", Failures, description: "Collections since the start in which the collector gave no evidence or not all of it.");
    }

    public void Observe(FleetReading reading)
    {
        _workers = reading.Snapshot.Workers.Value ?? _workers;
        _queue = reading.Snapshot.Queue.Value ?? _queue;
        lock (_gate)
        {
            foreach (var run in reading.Collectors)
            {
                _failures[run.Name] = _failures.GetValueOrDefault(run.Name) + (run.Failure is null ? 0 : 1);
            }
        }

        _reading = reading;
    }

    private static IEnumerable<Measurement<T>> Known<T>(T? value)
        where T : struct => value is null ? [] : [new Measurement<T>(value.Value)];

    private static double? UnixSeconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1000.0;

    private IEnumerable<Measurement<long>> Kinds()
    {
        var sums = new Dictionary<(string Kind, string State), long>();
        var place = 0;
        foreach (var kind in (_queue?.Kinds ?? []).OrderByDescending(k => (k.Runnable ?? 0) + (k.Running ?? 0) + (k.DeadLetter ?? 0)).ThenBy(k => k.Kind, StringComparer.Ordinal))
        {
            var name = place++ < MostKinds ? kind.Kind : OtherKinds;
            Add(name, "pending", kind.Runnable);
            Add(name, "running", kind.Running);
            Add(name, "dead_letter", kind.DeadLetter);
        }

        return sums.Select(s => new Measurement<long>(s.Value, new KeyValuePair<string, object?>("kind", s.Key.Kind), new KeyValuePair<string, object?>("state", s.Key.State)));

        void Add(string kind, string state, long? jobs)
        {
            if (jobs is { } known)
            {
                sums[(kind, state)] = sums.GetValueOrDefault((kind, state)) + known;
            }
        }
    }

    private IEnumerable<Measurement<long>> Diagnoses() => (_reading?.Report.Diagnoses ?? []).Select(d => new Measurement<long>(
        1,
        new KeyValuePair<string, object?>("code", d.Code),
        new KeyValuePair<string, object?>("severity", d.Severity switch { Severity.Critical => "critical", Severity.Warning => "warning", _ => "info" })));

    private IEnumerable<Measurement<double>> Durations() => (_reading?.Collectors ?? []).Select(r => new Measurement<double>(
        r.Duration.TotalSeconds,
        new KeyValuePair<string, object?>("collector", r.Name)));

    private List<Measurement<long>> Failures()
    {
        lock (_gate)
        {
            return [.. _failures.Select(f => new Measurement<long>(f.Value, new KeyValuePair<string, object?>("collector", f.Key)))];
        }
    }
}
