using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>How much processor time a container had used by then.</summary>
/// <param name="At">When, by the engine's clock.</param>
/// <param name="Nanoseconds">Of all cores, since the container started.</param>
internal readonly record struct CpuSample(DateTimeOffset At, ulong Nanoseconds)
{
    /// <summary>The sample that an answer holds; null where it holds none.</summary>
    public static CpuSample? Of(ContainerStatsResponse stats) => Of(stats.Read, stats.CPUStats);

    /// <summary>The earlier sample that an engine puts into an answer it has taken its time for; null where it holds none.</summary>
    public static CpuSample? Before(ContainerStatsResponse stats) => Of(stats.PreRead, stats.PreCPUStats);

    private static CpuSample? Of(DateTime at, CPUStats? cpu) =>
        cpu?.CPUUsage is { TotalUsage: > 0 } usage && at > DateTime.UnixEpoch ? new CpuSample(new DateTimeOffset(at.ToUniversalTime()), usage.TotalUsage) : null;
}
