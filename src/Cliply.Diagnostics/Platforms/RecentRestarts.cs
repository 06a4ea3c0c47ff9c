namespace Cliply.Diagnostics.Platforms;

/// <summary>
/// Tells how often an instance was restarted within the last 5 minutes from a count that only grows, by what it was in
/// earlier readings. Not safe for concurrent use.
/// </summary>
internal sealed class RecentRestarts
{
    /// <summary>How far back restarts are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Queue<(DateTimeOffset At, long Restarts)>> _seen = new(StringComparer.Ordinal);

    /// <summary>Takes a reading in.</summary>
    /// <param name="instance">The instance's name, unique on its platform.</param>
    /// <param name="restarts">How often it was restarted since it was created.</param>
    /// <param name="createdAt">When it was created; null: not known.</param>
    /// <param name="startedAt">When it last started; null: not known.</param>
    /// <param name="now">The time of the reading.</param>
    /// <returns>The restarts within the window, or at least so many: a first reading knows those of a young instance and the last one.</returns>
    public long Observe(string instance, long restarts, DateTimeOffset? createdAt, DateTimeOffset? startedAt, DateTimeOffset now)
    {
        if (!_seen.TryGetValue(instance, out var readings))
        {
            _seen[instance] = readings = new();
        }

        // The newest reading that is older than the window is what the present one is compared with.
        while (readings.Count > 1 && readings.ElementAt(1).At <= now - Window)
        {
            readings.Dequeue();
        }

        // One that was recreated under its name counts from 0 again.
        if (readings.Count > 0 && readings.Last().Restarts > restarts)
        {
            readings.Clear();
        }

        readings.Enqueue((now, restarts));
        var isWhole = createdAt > now - Window;
        var atFirst = isWhole ? 0 : readings.Peek().Restarts;
        var withLast = restarts > 0 && startedAt > now - Window ? 1 : 0;
        return Math.Max(restarts - atFirst, withLast);
    }

    /// <summary>Forgets instances that are gone.</summary>
    /// <param name="present">Those that are still there.</param>
    public void Keep(IReadOnlySet<string> present)
    {
        foreach (var gone in _seen.Keys.Where(instance => !present.Contains(instance)).ToList())
        {
            _seen.Remove(gone);
        }
    }
}
