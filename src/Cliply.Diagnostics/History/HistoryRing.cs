using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.History;

/// <summary>The last readings, in memory that is taken once. Safe for concurrent use.</summary>
internal sealed class HistoryRing
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private readonly TimeSpan _interval;
    private readonly Reading[] _readings;
    private readonly Lock _gate = new();
    private int _count;
    private int _next;
    private long _lastAdded;

    public HistoryRing(IOptions<CliplyDiagnosticsOptions> options, TimeProvider time)
    {
        var history = options.Value.History;
        _time = time;
        _length = history.Length;
        _interval = history.Interval;
        _readings = new Reading[(int)(history.Length / history.Interval) + 1];
    }

    /// <summary>How long until the next reading is kept; zero when it is now.</summary>
    public TimeSpan UntilDue
    {
        get
        {
            lock (_gate)
            {
                var left = _count == 0 ? TimeSpan.Zero : _interval - _time.GetElapsedTime(_lastAdded);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Keeps a reading, in the oldest one's place when the ring is full, unless the last was kept less than an interval ago.</summary>
    /// <returns>Whether it was kept.</returns>
    public bool Add(DiagnosticSnapshot snapshot)
    {
        lock (_gate)
        {
            // By a clock that only goes forward: that of the snapshot is the database's, or this host's while it is down.
            if (_count > 0 && _time.GetElapsedTime(_lastAdded) < _interval)
            {
                return false;
            }

            _readings[_next] = new Reading(
                snapshot.CapturedAt,
                snapshot.Workers.Value?.LivenessSource,
                snapshot.Workers.Value?.Active,
                snapshot.Queue.Value?.Runnable,
                snapshot.Queue.Value?.DeadLetter,
                snapshot.Queue.Value is { Runnable: 0 } ? 0 : snapshot.Queue.Value?.OldestRunnableAgeSeconds,
                Restarts(snapshot.Deployments.Value));
            _next = (_next + 1) % _readings.Length;
            _count = Math.Min(_count + 1, _readings.Length);
            _lastAdded = _time.GetTimestamp();
            return true;
        }
    }

    /// <summary>
    /// Gives the snapshot the readings before it, oldest first. A history that a collector has read is left as it is: it
    /// reaches beyond this host's start, and two sources of one number, each with its own delay, would look like a number
    /// that goes up and down. Before the first reading the history stays not collected.
    /// </summary>
    public DiagnosticSnapshot Fill(DiagnosticSnapshot snapshot)
    {
        if (snapshot.History.IsKnown)
        {
            return snapshot;
        }

        var points = Points(snapshot.CapturedAt, snapshot.Workers.Value?.LivenessSource);
        return points.Length == 0 ? snapshot : snapshot with { History = Section.List(points) };
    }

    /// <summary>How old the oldest due job was in the readings kept, in seconds, oldest reading first; 0 where none waited, null where it was not known.</summary>
    public IReadOnlyList<(DateTimeOffset At, long? Seconds)> OldestRunnableAges() => [.. Kept().OrderBy(r => r.At).Select(r => (r.At, r.OldestRunnableAge))];

    private HistoryPoint[] Points(DateTimeOffset now, LivenessSource? source)
    {
        return [.. Kept()
            .Where(r => now - r.At <= _length)
            .OrderBy(r => r.At)
            .Select(r => new HistoryPoint
            {
                At = r.At,
                // Idle workers count in a registry and don't behind locks; beside each other the two would look like crashes.
                ActiveWorkers = source is null || r.Source == source ? r.ActiveWorkers : null,
                Runnable = r.Runnable,
                DeadLetter = r.DeadLetter,
                Restarts = r.Restarts,
            })];
    }

    private Reading[] Kept()
    {
        lock (_gate)
        {
            var readings = new Reading[_count];
            var oldest = (_next - _count + _readings.Length) % _readings.Length;
            for (var i = 0; i < _count; i++)
            {
                readings[i] = _readings[(oldest + i) % _readings.Length];
            }

            return readings;
        }
    }

    /// <summary>Null unless every instance tells: a sum of some would fall and rise with what can be seen.</summary>
    private static long? Restarts(IReadOnlyList<DeploymentEvidence>? deployments)
    {
        long? sum = null;
        for (var d = 0; d < deployments?.Count; d++)
        {
            if (deployments[d].Instances is not { } instances)
            {
                return null;
            }

            for (var i = 0; i < instances.Count; i++)
            {
                if (instances[i].Restarts is not { } restarts)
                {
                    return null;
                }

                sum = (sum ?? 0) + restarts;
            }
        }

        return sum;
    }

    private readonly record struct Reading(DateTimeOffset At, LivenessSource? Source, long? ActiveWorkers, long? Runnable, long? DeadLetter, long? OldestRunnableAge, long? Restarts);
}
