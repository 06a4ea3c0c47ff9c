using System.Globalization;

namespace Cliply.Diagnostics.Platforms;

/// <summary>What the kernel's control groups allow a process, version 1 and 2 and both at once.</summary>
internal static class ControlGroups
{
    /// <summary>Version 1 says "no limit" with the largest number of whole pages.</summary>
    private const long Unlimited = long.MaxValue / 2;

    /// <summary>The limits of a process: the lowest of its own group and all above it.</summary>
    /// <param name="root">The root folder of the system, <c>/</c>.</param>
    /// <param name="membership">The text of <c>/proc/PID/cgroup</c>.</param>
    /// <param name="mounts">The text of <c>/proc/self/mountinfo</c>.</param>
    /// <returns>Memory in bytes and processors; null: no limit, or none that can be seen from here.</returns>
    public static (long? MemoryBytes, double? Processors) LimitsOf(string root, string? membership, string? mounts)
    {
        long? memory = null;
        double? processors = null;
        var mounted = ParseMounts(mounts ?? "");
        foreach (var (controllers, path) in ParseMembership(membership ?? ""))
        {
            foreach (var mount in mounted.Where(m => controllers.Length == 0 ? m.IsVersion2 : !m.IsVersion2 && controllers.Any(c => m.Options.Contains(c))).Take(1))
            {
                foreach (var folder in Folders(root, mount, path))
                {
                    if (mount.IsVersion2)
                    {
                        memory = Lower(memory, Number(Path.Combine(folder, "memory.max")));
                        processors = Lower(processors, Quota2(Path.Combine(folder, "cpu.max")));
                    }
                    else
                    {
                        memory = controllers.Contains("memory") ? Lower(memory, Number(Path.Combine(folder, "memory.limit_in_bytes"))) : memory;
                        processors = controllers.Contains("cpu") ? Lower(processors, Quota1(folder)) : processors;
                    }
                }
            }
        }

        return (memory, processors);
    }

    /// <summary>
    /// The page cache of a group that the kernel gives up before it kills anybody. A worker that reads large videos fills its
    /// limit with it, and that is no shortage.
    /// </summary>
    /// <param name="root">The root folder of the system, <c>/</c>.</param>
    /// <param name="group">The group, such as <c>/system.slice/cliply-worker.service</c>.</param>
    /// <returns>Bytes; 0 where they can't be seen.</returns>
    public static long ReclaimableBytes(string root, string group)
    {
        if (group.Length < 2 || group.Contains("..", StringComparison.Ordinal))
        {
            return 0;
        }

        foreach (var (mount, name) in (ReadOnlySpan<(string, string)>)[("sys/fs/cgroup", "inactive_file "), ("sys/fs/cgroup/memory", "total_inactive_file ")])
        {
            var stat = SmallFile.Read(Path.Combine(root, mount, group[1..], "memory.stat"));
            foreach (var line in (stat ?? "").AsSpan().EnumerateLines())
            {
                if (line.StartsWith(name, StringComparison.Ordinal) && long.TryParse(line[name.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
                {
                    return bytes;
                }
            }
        }

        return 0;
    }

    private sealed record Mount(string Root, string Point, bool IsVersion2, IReadOnlyList<string> Options);

    /// <summary>Lines such as "4:memory:/system.slice/x.service", and "0::/…" for version 2.</summary>
    private static IEnumerable<(string[] Controllers, string Path)> ParseMembership(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(':', 3) is [_, var controllers, var path])
            {
                yield return (controllers.Split(',', StringSplitOptions.RemoveEmptyEntries), path);
            }
        }
    }

    /// <summary>"36 35 0:30 ROOT POINT options optional… - TYPE source superoptions".</summary>
    private static List<Mount> ParseMounts(string text)
    {
        var mounts = new List<Mount>();
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Split(' ');
            var dash = Array.IndexOf(parts, "-");
            if (dash >= 6 && parts.Length > dash + 3 && parts[dash + 1] is "cgroup" or "cgroup2")
            {
                mounts.Add(new Mount(Unescape(parts[3]), Unescape(parts[4]), parts[dash + 1] == "cgroup2", parts[dash + 3].Split(',')));
            }
        }

        return mounts;
    }

    /// <summary>The group's own folder and those above it, up to the mount. A group outside what is mounted here can't be seen.</summary>
    private static IEnumerable<string> Folders(string root, Mount mount, string path)
    {
        if (path.Contains("/..", StringComparison.Ordinal) || (mount.Root != "/" && path != mount.Root && !path.StartsWith(mount.Root + "/", StringComparison.Ordinal)))
        {
            yield break;
        }

        var below = mount.Root == "/" ? path : path[mount.Root.Length..];
        var point = Path.Combine(root, mount.Point.TrimStart('/'));
        for (var group = below.Trim('/'); ; group = group[..Math.Max(0, group.LastIndexOf('/'))])
        {
            yield return Path.Combine(point, group);
            if (group.Length == 0)
            {
                yield break;
            }
        }
    }

    private static long? Number(string path) =>
        long.TryParse(SmallFile.Read(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Unlimited ? number : null;

    /// <summary>"QUOTA PERIOD" or "max PERIOD".</summary>
    private static double? Quota2(string path) =>
        SmallFile.Read(path)?.Trim().Split(' ') is [var quota, var period] ? Ratio(quota, period) : null;

    private static double? Quota1(string folder) =>
        Ratio(SmallFile.Read(Path.Combine(folder, "cpu.cfs_quota_us"))?.Trim(), SmallFile.Read(Path.Combine(folder, "cpu.cfs_period_us"))?.Trim());

    /// <summary>"max" and -1 are no limit.</summary>
    private static double? Ratio(string? quota, string? period) =>
        long.TryParse(quota, NumberStyles.None, CultureInfo.InvariantCulture, out var used) && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var of) && used > 0 && of > 0
            ? (double)used / of
            : null;

    private static T? Lower<T>(T? one, T? other)
        where T : struct, IComparable<T> =>
        one is null || (other is not null && other.Value.CompareTo(one.Value) < 0) ? other : one;

    /// <summary>The kernel writes a space as \040.</summary>
    private static string Unescape(string path) =>
        path.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
