using System.Globalization;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>Pieces of Prometheus' query language.</summary>
internal static class PromQl
{
    /// <summary>A selector with its matchers in this order; those that are empty are left out.</summary>
    public static string Select(string metric, params IEnumerable<string> matchers)
    {
        var all = string.Join(", ", matchers.Where(m => m.Length > 0));
        return all.Length == 0 ? metric : $"{metric}{{{all}}}";
    }

    /// <summary>A matcher for exactly that value.</summary>
    public static string Equal(string label, string value) =>
        $"{label}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A duration as a number of seconds.</summary>
    public static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.#######", CultureInfo.InvariantCulture);
}
