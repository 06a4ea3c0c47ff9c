using System.Globalization;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>Numbers and durations in words.</summary>
internal static class Wording
{
    /// <summary>"45 s", "47 min", "3 h 5 min", "4 d".</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalSeconds: < 90 } => $"{(long)duration.TotalSeconds} s",
        { TotalMinutes: < 90 } => $"{(long)duration.TotalMinutes} min",
        { TotalHours: < 48 } when duration.Minutes == 0 => $"{(long)duration.TotalHours} h",
        { TotalHours: < 48 } => $"{(long)duration.TotalHours} h {duration.Minutes} min",
        _ => $"{(long)duration.TotalDays} d",
    };

    public static string Seconds(long seconds) =>
        Duration(seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue);

    public static string Count(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";

    public static string Percent(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.#} %");

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
    };
}
