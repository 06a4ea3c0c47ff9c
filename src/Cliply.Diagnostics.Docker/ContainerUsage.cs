using System.Globalization;
using Cliply.Diagnostics.Evidence;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// What a container uses of its limits. Engines count no time that processes wait for disks, so that is never filled.
/// </summary>
internal static class ContainerUsage
{
    private const ulong DefaultPeriod = 100_000;

    /// <summary>Samples that lie closer than this say little about a process that runs in bursts.</summary>
    public static readonly TimeSpan ShortestSpan = TimeSpan.FromMilliseconds(200);

    /// <summary>An average over more than this hides what happens now.</summary>
    public static readonly TimeSpan LongestSpan = TimeSpan.FromMinutes(1);

    /// <summary>The usage by an answer of the engine.</summary>
    /// <param name="name">The container's name.</param>
    /// <param name="stats">The answer.</param>
    /// <param name="earlier">An earlier sample to compare with.</param>
    /// <param name="limits">The container's limits; null: not known.</param>
    public static ResourceEvidence Of(string name, ContainerStatsResponse stats, CpuSample? earlier, HostConfig? limits) => new()
    {
        Instance = name,
        CpuPercent = CpuPercent(stats, earlier, limits),
        MemoryBytes = MemoryBytes(stats.MemoryStats),
        MemoryLimitBytes = MemoryLimit(stats.MemoryStats, limits),
    };

    /// <summary>Whether the two samples can be compared.</summary>
    public static bool AreComparable(CpuSample earlier, CpuSample later) =>
        later.Nanoseconds >= earlier.Nanoseconds && later.At - earlier.At >= ShortestSpan && later.At - earlier.At <= LongestSpan;

    /// <summary>
    /// By the engine's clock: what Docker reports as the time of the whole system, Podman reports as the time that the system
    /// was busy, so that a share of it says nothing there.
    /// </summary>
    private static double? CpuPercent(ContainerStatsResponse stats, CpuSample? earlier, HostConfig? limits)
    {
        if (limits is null || earlier is not { } first || CpuSample.Of(stats) is not { } last || !AreComparable(first, last) || Cores(stats.CPUStats!, limits) is not { } cores)
        {
            return null;
        }

        var used = (last.Nanoseconds - first.Nanoseconds) / 1e6;
        return Math.Round(used / (last.At - first.At).TotalMilliseconds / cores * 100, 1);
    }

    /// <summary>How many cores it may use: its quota, the cores it is pinned to, or all.</summary>
    private static double? Cores(CPUStats cpu, HostConfig limits)
    {
        double? all = cpu.OnlineCPUs is > 0 ? cpu.OnlineCPUs : cpu.CPUUsage.PercpuUsage is { Count: > 0 } each ? each.Count : null;
        double? quota = limits.NanoCPUs > 0 ? limits.NanoCPUs / 1e9
            : limits.CPUQuota > 0 ? limits.CPUQuota / (double)(limits.CPUPeriod > 0 ? (ulong)limits.CPUPeriod : DefaultPeriod)
            : null;
        ReadOnlySpan<double?> bounds = [all, quota, PinnedCores(limits.CpusetCpus)];
        double? fewest = null;
        foreach (var bound in bounds)
        {
            fewest = bound < (fewest ?? double.MaxValue) ? bound : fewest;
        }

        return fewest;
    }

    /// <summary>"0-2,5" is four cores.</summary>
    private static double? PinnedCores(string? cores)
    {
        var count = 0;
        foreach (var range in (cores ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < first)
            {
                return null;
            }

            count += last - first + 1;
        }

        return count > 0 ? count : null;
    }

    /// <summary>Without the cache that the kernel gives back at once, as <c>docker stats</c> shows it. Podman leaves the parts out.</summary>
    private static long? MemoryBytes(MemoryStats? memory)
    {
        if (memory?.Usage is not (> 0 and var usage))
        {
            return null;
        }

        // The first is the name in cgroup v1, whose plain one does not count the children; the second that in v2.
        var cache = memory.Stats is not { } parts ? 0
            : parts.TryGetValue("total_inactive_file", out var total) ? total
            : parts.TryGetValue("inactive_file", out var inactive) ? inactive
            : 0;
        return (long)Math.Min(cache < usage ? usage - cache : usage, long.MaxValue);
    }

    /// <summary>Where there is no limit, or one above the host's memory, the engine shows the host's memory.</summary>
    private static long? MemoryLimit(MemoryStats? memory, HostConfig? limits) =>
        limits is { Memory: > 0 and var limit } && !(memory?.Limit is > 0 and var effective && effective < (ulong)limit) ? limit : null;
}
