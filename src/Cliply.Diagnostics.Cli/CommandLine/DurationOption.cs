using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>An option that takes a duration as people write it: 500ms, 10s, 2m, 1h.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan?> Create(string name, string description, TimeSpan least, TimeSpan most) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        CustomParser = result => Parse(result, name, least, most),
    };

    private static TimeSpan? Parse(ArgumentResult result, string name, TimeSpan least, TimeSpan most)
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Read(value) is not { } duration)
        {
            result.AddError($"{name} '{value}' is not a duration. Write it as 500ms, 10s, 2m or 1h.");
            return null;
        }

        if (duration < least || duration > most)
        {
            result.AddError($"{name} '{value}' is out of range. Use {Text(least)} to {Text(most)}.");
            return null;
        }

        return duration;
    }

    private static TimeSpan? Read(string value)
    {
        var (unit, milliseconds) = value switch
        {
            _ when value.EndsWith("ms", StringComparison.Ordinal) => ("ms", 1),
            _ when value.EndsWith('s') => ("s", 1_000),
            _ when value.EndsWith('m') => ("m", 60_000),
            _ when value.EndsWith('h') => ("h", 3_600_000),
            _ => ("", 0),
        };
        return milliseconds > 0 && decimal.TryParse(value[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1_000_000_000
            ? TimeSpan.FromMilliseconds((double)(number * milliseconds))
            : null;
    }

    private static string Text(TimeSpan duration) => duration switch
    {
        _ when duration < TimeSpan.FromSeconds(1) => $"{duration.TotalMilliseconds:0}ms",
        _ when duration < TimeSpan.FromMinutes(1) => $"{duration.TotalSeconds:0}s",
        _ when duration < TimeSpan.FromHours(1) => $"{duration.TotalMinutes:0}m",
        _ => $"{duration.TotalHours:0}h",
    };
}
