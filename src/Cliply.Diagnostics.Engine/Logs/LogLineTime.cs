using System.Buffers.Text;

namespace Cliply.Diagnostics.Logs;

/// <summary>
/// The time that a log line states: ISO 8601 (also as Docker puts it before a line), the short form of syslog and journald,
/// or in a line of JSON under one of the usual names, as ISO 8601 or as seconds to nanoseconds since 1970.
/// </summary>
internal readonly struct LogLineTime
{
    private const int LookedAt = 4 * 1024;
    private const int PrefixLength = 64;

    private readonly DateTime _utc;
    private readonly bool _isYearless;

    private LogLineTime(DateTime utc, bool isYearless)
    {
        _utc = utc;
        _isYearless = isYearless;
    }

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>The time; null where there is none.</summary>
    /// <param name="now">A time without a year is the latest one that is not more than a day ahead of this.</param>
    public DateTimeOffset? In(DateTimeOffset now)
    {
        if (_utc == default)
        {
            return null;
        }

        if (!_isYearless)
        {
            return new DateTimeOffset(_utc);
        }

        var year = now.UtcDateTime.AddDays(1).Year;
        for (var tries = 0; tries < 8; tries++, year--)
        {
            if (_utc.Day <= DateTime.DaysInMonth(year, _utc.Month) && new DateTime(year, _utc.Month, _utc.Day, 0, 0, 0, DateTimeKind.Utc) + _utc.TimeOfDay is var time && time <= now.UtcDateTime.AddDays(1))
            {
                return new DateTimeOffset(time);
            }
        }

        return null;
    }

    /// <summary>Reads a line's time; null where it states none.</summary>
    /// <param name="line">The line's bytes.</param>
    public static LogLineTime? Read(ReadOnlySpan<byte> line)
    {
        line = line[..Math.Min(line.Length, LookedAt)].TrimStart(" \t["u8);
        if (line.StartsWith("{"u8))
        {
            return ReadJson(line);
        }

        var prefix = line[..Math.Min(line.Length, PrefixLength)];
        if (ReadSyslog(prefix) is { } syslog)
        {
            return syslog;
        }

        for (var start = 0; start + 19 <= prefix.Length; start++)
        {
            if (prefix[start + 4] == '-' && ReadIso(line[start..]) is { } iso)
            {
                return iso;
            }
        }

        var json = prefix.IndexOf("{\""u8);
        return json < 0 ? null : ReadJson(line[json..]);
    }

    private static LogLineTime? ReadJson(ReadOnlySpan<byte> line) =>
        ReadValue(line, "\"time\""u8) ?? ReadValue(line, "\"ts\""u8) ?? ReadValue(line, "\"timestamp\""u8) ?? ReadValue(line, "\"@timestamp\""u8) ?? ReadValue(line, "\"@t\""u8)
        ?? ReadValue(line, "\"__REALTIME_TIMESTAMP\""u8);

    private static LogLineTime? ReadValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var at = line.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var value = line[(at + name.Length)..].TrimStart((byte)' ');
        if (!value.StartsWith(":"u8))
        {
            return null;
        }

        value = value[1..].TrimStart(" \""u8);
        return ReadIso(value) ?? ReadEpoch(value);
    }

    private static LogLineTime? ReadEpoch(ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out double number, out _) || number is not (> 0 and < 1e19))
        {
            return null;
        }

        var seconds = number switch
        {
            < 1e11 => number,
            < 1e14 => number / 1e3,
            < 1e17 => number / 1e6,
            _ => number / 1e9,
        };
        return new LogLineTime(DateTime.UnixEpoch.AddTicks((long)Math.Round(seconds * 1e6) * TimeSpan.TicksPerMicrosecond), isYearless: false);
    }

    /// <summary>"2026-11-24T05:20:00.123456789Z", with a space for the T, a comma for the point, and any offset; without one it is UTC.</summary>
    private static LogLineTime? ReadIso(ReadOnlySpan<byte> text)
    {
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || Number(text[..4]) is not (>= 1970 and var year) || Number(text[5..7]) is not (>= 1 and <= 12 and var month) || Number(text[8..10]) is not (>= 1 and var day)
            || day > DateTime.DaysInMonth(year, month) || ReadClock(text[11..]) is not { } clock)
        {
            return null;
        }

        var rest = text[19..];
        long ticks = 0;
        if (rest.Length > 1 && rest[0] is (byte)'.' or (byte)',')
        {
            var digits = 0;
            for (rest = rest[1..]; rest.Length > 0 && rest[0] is >= (byte)'0' and <= (byte)'9'; rest = rest[1..], digits++)
            {
                ticks = digits < 7 ? (ticks * 10) + rest[0] - '0' : ticks;
            }

            for (; digits < 7; digits++)
            {
                ticks *= 10;
            }
        }

        var time = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) + clock + TimeSpan.FromTicks(ticks);
        return new LogLineTime(time - Offset(rest), isYearless: false);
    }

    private static TimeSpan Offset(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[0] is not ((byte)'+' or (byte)'-') || Number(text[1..3]) is not (<= 14 and var hours))
        {
            return TimeSpan.Zero;
        }

        var rest = text[3..];
        rest = rest.StartsWith(":"u8) ? rest[1..] : rest;
        var minutes = rest.Length >= 2 && Number(rest[..2]) is (<= 59 and var m) ? m : 0;
        var offset = new TimeSpan(hours, minutes, 0);
        return text[0] == '-' ? -offset : offset;
    }

    /// <summary>"Nov 24 05:20:00".</summary>
    private static LogLineTime? ReadSyslog(ReadOnlySpan<byte> text)
    {
        if (text.Length < 15 || text[3] != ' ' || text[6] != ' ' || Months.IndexOf(text[..3]) is var month && (month < 0 || month % 3 != 0)
            || Number(text[4] == ' ' ? text[5..6] : text[4..6]) is not (>= 1 and <= 31 and var day) || ReadClock(text[7..]) is not { } clock)
        {
            return null;
        }

        // 2000 is a leap year, so that 29 February can be kept until the year is known.
        return day > DateTime.DaysInMonth(2000, (month / 3) + 1) ? null : new LogLineTime(new DateTime(2000, (month / 3) + 1, day, 0, 0, 0, DateTimeKind.Utc) + clock, isYearless: true);
    }

    /// <summary>"05:20:00".</summary>
    private static TimeSpan? ReadClock(ReadOnlySpan<byte> text) =>
        text.Length >= 8 && text[2] == ':' && text[5] == ':' && Number(text[..2]) is (<= 23 and var hours) && Number(text[3..5]) is (<= 59 and var minutes) && Number(text[6..8]) is (<= 60 and var seconds)
            ? new TimeSpan(hours, minutes, Math.Min(seconds, 59))
            : null;

    /// <summary>All digits, or int.MaxValue.</summary>
    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return int.MaxValue;
            }

            number = (number * 10) + digit - '0';
        }

        return number;
    }
}
