using System.Globalization;

namespace Cliply.Diagnostics.Processes;

/// <summary>What <c>/proc/PID/stat</c> says of a process.</summary>
/// <param name="Id">Its number.</param>
/// <param name="ParentId">The number of the process that started it.</param>
/// <param name="Command">Its name, at most 15 bytes of it; it may hold anything, spaces and brackets too.</param>
/// <param name="State">R, S, D, T, t, Z, X and so on.</param>
/// <param name="CpuSeconds">CPU time of all its threads, without its children's.</param>
/// <param name="StartedAfterBoot">When it started, counted from the start of the machine.</param>
/// <param name="ResidentPages">Its memory in pages.</param>
/// <param name="DiskWaitSeconds">How long its main thread has waited for disks; 0 also where the kernel does not account for it.</param>
/// <param name="WaitStatus">How it ended, as its parent will be told; 0 also where this user may not know.</param>
internal sealed record ProcessStatus(int Id, int ParentId, string Command, char State, double CpuSeconds, TimeSpan StartedAfterBoot, long ResidentPages, double DiskWaitSeconds, int WaitStatus)
{
    /// <summary>The kernel counts in its USER_HZ towards programs, 100 on every processor that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Whether it has ended and waits for its parent to take note.</summary>
    public bool HasEnded => State is 'Z' or 'X' or 'x';

    /// <summary>Its exit code as a shell counts it, 128 and the signal; null: not known.</summary>
    public int? ExitCode => WaitStatus == 0 ? null : (WaitStatus & 0x7F) is > 0 and var signal ? 128 + signal : (WaitStatus >> 8) & 0xFF;

    /// <summary>Reads the file's text; null where it is no such file's.</summary>
    /// <param name="text">The text.</param>
    public static ProcessStatus? Parse(string? text)
    {
        const int State = 0, Parent = 1, UserTime = 11, SystemTime = 12, StartTime = 19, Resident = 21, DiskWait = 39, ExitStatus = 49;
        if (text is null || text.IndexOf('(', StringComparison.Ordinal) is not (> 0 and var open) || text.LastIndexOf(')') is var close && close < open
            || !int.TryParse(text.AsSpan(0, open).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        var fields = text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length <= Resident || fields[State].Length != 1)
        {
            return null;
        }

        return new ProcessStatus(
            id,
            (int)Number(Parent),
            text[(open + 1)..close],
            fields[State][0],
            (Number(UserTime) + Number(SystemTime)) / TicksPerSecond,
            TimeSpan.FromSeconds(Math.Min(Number(StartTime) / TicksPerSecond, TimeSpan.MaxValue.TotalSeconds / 2)),
            Number(Resident),
            Number(DiskWait) / TicksPerSecond,
            (int)(Number(ExitStatus) & 0xFFFF));

        long Number(int field) =>
            field < fields.Length && long.TryParse(fields[field], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
