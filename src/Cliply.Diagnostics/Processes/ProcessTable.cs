using System.Globalization;
using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Processes;

/// <summary>The processes of this host, as /proc shows them.</summary>
/// <param name="root">The root folder of the system, <c>/</c>.</param>
internal sealed class ProcessTable(string root)
{
    private const int MaxThreads = 256;

    private readonly string _proc = Path.Combine(root, "proc");

    /// <summary>Whether there is such a table.</summary>
    public bool Exists => SmallFile.Read(Path.Combine(_proc, "stat")) is not null;

    /// <summary>The numbers of all processes that this user may see.</summary>
    public IEnumerable<int> Ids()
    {
        foreach (var folder in Directory.EnumerateDirectories(_proc))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                yield return id;
            }
        }
    }

    /// <summary>
    /// Whether this user sees the processes of others. The first process is always there and mostly root's: where it can't be
    /// read, /proc hides others (its mount option hidepid).
    /// </summary>
    public bool ShowsOthers => Status(1, out _) is not null;

    /// <summary>What a process is doing; null where it is gone.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="isDenied">Whether it is there and this user may not look at it.</param>
    public ProcessStatus? Status(int id, out bool isDenied) =>
        ProcessStatus.Parse(SmallFile.Read(Path.Combine(Folder(id), "stat"), out isDenied));

    /// <summary>Its arguments, NUL between them; empty where there are none or it is gone.</summary>
    public string CommandLine(int id) => SmallFile.Read(Path.Combine(Folder(id), "cmdline")) ?? "";

    /// <summary>The path of its program's file; null where this user may not know, or it is gone.</summary>
    public string? Program(int id)
    {
        try
        {
            return new FileInfo(Path.Combine(Folder(id), "exe")).LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What its control groups allow it.</summary>
    public (long? MemoryBytes, double? Processors) Limits(int id) =>
        ControlGroups.LimitsOf(root, SmallFile.Read(Path.Combine(Folder(id), "cgroup")), SmallFile.Read(Path.Combine(_proc, "self/mountinfo"), out _, maxLength: 1024 * 1024));

    /// <summary>When the machine started, and how many processors it has.</summary>
    public (DateTimeOffset? StartedAt, int Processors) Machine()
    {
        var stat = SmallFile.Read(Path.Combine(_proc, "stat"), out _, maxLength: 1024 * 1024);
        DateTimeOffset? started = null;
        foreach (var line in (stat ?? "").AsSpan().EnumerateLines())
        {
            if (line.StartsWith("btime ", StringComparison.Ordinal) && long.TryParse(line[6..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_800)
            {
                started = DateTimeOffset.FromUnixTimeSeconds(seconds);
            }
        }

        return (started, HostProcessors.Count(stat));
    }

    /// <summary>
    /// How long all threads of a process together have waited for disks; the process's own entry counts only its main thread,
    /// and Node and .NET leave files to others. Null where the kernel does not account for it, as by default since Linux 5.14.
    /// </summary>
    public double? DiskWaitSeconds(ProcessStatus process)
    {
        var setting = SmallFile.Read(Path.Combine(_proc, "sys/kernel/task_delayacct"));
        if (setting is not null && setting.AsSpan().Trim() is "0")
        {
            return null;
        }

        double seconds = 0;
        try
        {
            foreach (var thread in Directory.EnumerateDirectories(Path.Combine(Folder(process.Id), "task")).Take(MaxThreads))
            {
                seconds += ProcessStatus.Parse(SmallFile.Read(Path.Combine(thread, "stat")))?.DiskWaitSeconds ?? 0;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or not for this user's eyes.
            seconds = process.DiskWaitSeconds;
        }

        // An older kernel has no setting, and may or may not count: 0 says nothing there.
        return setting is null && seconds == 0 ? null : seconds;
    }

    private string Folder(int id) => Path.Combine(_proc, id.ToString(CultureInfo.InvariantCulture));
}
