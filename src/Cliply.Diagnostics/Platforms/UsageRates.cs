namespace Cliply.Diagnostics.Platforms;

/// <summary>
/// Tells how fast a counter of seconds grows, such as the CPU time of an instance, by what it was in an earlier reading.
/// Not safe for concurrent use.
/// </summary>
internal sealed class UsageRates(TimeProvider time)
{
    /// <summary>An average over longer than that would hide what happens now.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(5);

    /// <summary>Within less, the counters' own steps are too coarse.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, (long At, double Seconds)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether the next reading of it gives a rate, and a second one soon after is not needed.</summary>
    /// <param name="counter">The counter's name.</param>
    public bool Knows(string counter) => _seen.TryGetValue(counter, out var last) && time.GetElapsedTime(last.At) <= Oldest;

    /// <summary>Takes a reading in.</summary>
    /// <param name="counter">The counter's name.</param>
    /// <param name="seconds">What it shows now.</param>
    /// <returns>Its growth in seconds per second; null where no earlier reading serves, or it began anew since.</returns>
    public double? Observe(string counter, double seconds)
    {
        var now = time.GetTimestamp();
        if (!_seen.TryGetValue(counter, out var last))
        {
            _seen[counter] = (now, seconds);
            return null;
        }

        var elapsed = time.GetElapsedTime(last.At, now);
        if (elapsed < Shortest)
        {
            return null;
        }

        _seen[counter] = (now, seconds);
        return elapsed <= Oldest && seconds >= last.Seconds ? (seconds - last.Seconds) / elapsed.TotalSeconds : null;
    }

    /// <summary>Forgets counters that are gone.</summary>
    /// <param name="present">Those that are still there.</param>
    public void Keep(IReadOnlySet<string> present)
    {
        foreach (var gone in _seen.Keys.Where(counter => !present.Contains(counter)).ToList())
        {
            _seen.Remove(gone);
        }
    }
}
