using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// The times that are asked for, and the points that come of the answers. Times are multiples of the step, so that each
/// collection asks for the same ones and a server's cache can answer.
/// </summary>
internal sealed class HistoryGrid
{
    private readonly TimeSpan _step;
    private readonly int _count;

    public HistoryGrid(DateTimeOffset now, TimeSpan range, TimeSpan step)
    {
        _step = step;
        _count = (int)(range / step) + 1;
        End = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % step.Ticks), TimeSpan.Zero);
        Start = End - (step * (_count - 1));
    }

    /// <summary>The first time.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The last time, at most a step ago.</summary>
    public DateTimeOffset End { get; }

    /// <summary>A series' value at each time; null where it has none, is NaN, infinite or negative.</summary>
    public long?[] Counts(IEnumerable<PrometheusSeries> series)
    {
        var counts = new long?[_count];
        foreach (var (time, value) in series.SelectMany(s => s.Samples))
        {
            var index = Math.Round((time - (Start.ToUnixTimeMilliseconds() / 1000.0)) / _step.TotalSeconds);
            if (index >= 0 && index < _count && CountOf(value) is { } count && !(counts[(int)index] > count))
            {
                counts[(int)index] = count;
            }
        }

        return counts;
    }

    /// <summary>The points, oldest first, from the first that has a value on; gaps after it are points without values.</summary>
    public IReadOnlyList<HistoryPoint> Points(long?[] activeWorkers, long?[] runnable, long?[] deadLetter, long?[] restarts)
    {
        var points = Enumerable.Range(0, _count).Select(i => new HistoryPoint
        {
            At = Start + (_step * i),
            ActiveWorkers = activeWorkers[i],
            Runnable = runnable[i],
            DeadLetter = deadLetter[i],
            Restarts = restarts[i],
        });
        return [.. points.SkipWhile(p => p is { ActiveWorkers: null, Runnable: null, DeadLetter: null, Restarts: null })];
    }

    private static long? CountOf(double value) => value is >= 0 and <= 1L << 53 ? (long)Math.Round(value) : null;
}
