namespace Cliply.Diagnostics.Evidence;

/// <summary>An earlier reading. Null means: not observable.</summary>
public sealed record HistoryPoint
{
    /// <summary>When it was taken.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Active workers then.</summary>
    public long? ActiveWorkers { get; init; }

    /// <summary>Runnable jobs then.</summary>
    public long? Runnable { get; init; }

    /// <summary>Dead letters then.</summary>
    public long? DeadLetter { get; init; }

    /// <summary>Restarts in all, as counted then.</summary>
    public long? Restarts { get; init; }
}
