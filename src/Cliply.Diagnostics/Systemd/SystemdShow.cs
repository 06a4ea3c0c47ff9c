using System.Buffers;
using System.Globalization;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Reads what <c>systemctl show</c> prints: a block of NAME=VALUE lines for each unit, blank lines between them.</summary>
internal static class SystemdShow
{
    private const int MaxUnits = 1_000;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly Dictionary<string, double> Units = new(StringComparer.Ordinal)
    {
        ["us"] = 1e-6, ["ms"] = 1e-3, ["s"] = 1, ["min"] = 60, ["h"] = 3_600, ["d"] = 86_400, ["w"] = 604_800, ["month"] = 2_629_800, ["y"] = 31_557_600,
    };

    /// <summary>The units; blocks without an Id are passed over, as is whatever is not such a line.</summary>
    /// <param name="text">What was printed.</param>
    public static IReadOnlyList<SystemdUnit> Parse(string text)
    {
        var units = new List<SystemdUnit>();
        var block = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                EndBlock();
            }
            else if (line.IndexOf('=') is var equals and > 0)
            {
                block[line[..equals].ToString()] = line[(equals + 1)..].ToString();
            }
        }

        EndBlock();
        return [.. units.DistinctBy(u => u.Id)];

        void EndBlock()
        {
            if (block.TryGetValue("Id", out var id) && id.Length > 0 && units.Count < MaxUnits)
            {
                units.Add(Unit(id, block));
            }

            block.Clear();
        }
    }

    private static SystemdUnit Unit(string id, Dictionary<string, string> block)
    {
        string Text(string name) => block.GetValueOrDefault(name, "");
        return new SystemdUnit
        {
            Id = id,
            LoadState = Text("LoadState"),
            ActiveState = Text("ActiveState"),
            SubState = Text("SubState"),
            Result = Text("Result"),
            Type = Text("Type"),
            UnitFileState = Text("UnitFileState"),
            MainPid = Count(Text("MainPID")) ?? 0,
            ExecMainCode = Count(Text("ExecMainCode")) ?? 0,
            ExecMainStatus = Count(Text("ExecMainStatus")) ?? 0,
            StartedAt = Time(Text("ExecMainStartTimestamp")),
            ExitedAt = Time(Text("ExecMainExitTimestamp")),
            ExitedMonotonic = Count(Text("ExecMainExitTimestampMonotonic")) is > 0 and var exited ? exited : null,
            LeftActiveMonotonic = Count(Text("ActiveExitTimestampMonotonic")) is > 0 and var left ? left : null,
            InactiveSince = Time(Text("InactiveEnterTimestamp")),
            ChangedAt = Time(Text("StateChangeTimestamp")),
            Restarts = Count(Text("NRestarts")),
            MemoryBytes = Count(Text("MemoryCurrent")),
            MemoryLimitBytes = (Count(Text("MemoryMax")), Count(Text("EffectiveMemoryMax"))) is var (own, effective) && own < effective ? own : effective ?? own,
            CpuSeconds = Count(Text("CPUUsageNSec")) / 1e9,
            CpuQuota = Duration(Text("CPUQuotaPerSecUSec")) is > 0 and var quota ? quota : null,
            ControlGroup = Text("ControlGroup"),
            InvocationId = Text("InvocationID"),
            Program = Program(Text("ExecStart")),
            RootImage = Text("RootImage"),
        };
    }

    /// <summary>Of "{ path=/usr/bin/node ; argv[]=/usr/bin/node worker.js ; … }", the path.</summary>
    internal static string Program(string execStart)
    {
        const string Path = "{ path=", End = " ; argv[]=";
        return execStart.StartsWith(Path, StringComparison.Ordinal) && execStart.IndexOf(End, StringComparison.Ordinal) is > 0 and var end ? execStart[Path.Length..end] : "";
    }

    /// <summary>A count; null for "[not set]", "infinity" and 2^64 − 1, by which systemd says the same.</summary>
    internal static long? Count(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>A time as systemctl prints it with TZ=UTC, or by --timestamp=unix, us or utc; null where there is none.</summary>
    internal static DateTimeOffset? Time(string text)
    {
        if (text.StartsWith('@'))
        {
            return long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }

        // The weekday says nothing; a zone other than UTC would need a table of them.
        var parts = text.Split(' ');
        return parts is [_, var date, var clock, "UTC"]
            && DateTimeOffset.TryParseExact($"{date} {clock}", ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFF"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
    }

    /// <summary>Seconds of a time span such as "1s 500ms"; null for "infinity" and what is none.</summary>
    internal static double? Duration(string text)
    {
        double seconds = 0;
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var digits = part.AsSpan().IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(part.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || !Units.TryGetValue(part[digits..], out var unit))
            {
                return null;
            }

            seconds += number * unit;
        }

        return text.Length > 0 ? seconds : null;
    }
}
