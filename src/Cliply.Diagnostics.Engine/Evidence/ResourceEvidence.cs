namespace Cliply.Diagnostics.Evidence;

/// <summary>What one instance uses of its limits. Null means: not observable.</summary>
public sealed record ResourceEvidence
{
    /// <summary>The instance.</summary>
    public string? Instance { get; init; }

    /// <summary>CPU in percent of its limit, or of all cores where it has none.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The memory limit in bytes; null or 0 is no limit.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Time spent waiting for disks, in percent.</summary>
    public double? IoWaitPercent { get; init; }
}
