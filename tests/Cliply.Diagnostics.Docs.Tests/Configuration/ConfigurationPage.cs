using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using Cliply.Diagnostics.Classification;

namespace Cliply.Diagnostics.Docs.Tests.Configuration;

/// <summary>All options as a page, from their types.</summary>
internal static class ConfigurationPage
{
    private const string Head = """
        <!-- Generated from the options' types by tests/Cliply.Diagnostics.Docs.Tests. Don't edit it: change the code, and write it again. -->

        # Configuration

        Each table is a section of the host's configuration: `appsettings.json`, environment variables (`__` in place of `:`, as in `Cliply__Diagnostics__Thresholds__BacklogJobs`), or any other provider. The configure delegate of the call that adds a feature comes after the configuration, and wins. Durations are `[d.]hh:mm:ss[.fff]`. A value that can't be read, that is out of range, or that contradicts another one keeps the host from starting, with a message that names the keys.

        ```json
        {
          "Cliply": {
            "Diagnostics": {
              "ReadingsBeforeChange": 3,
              "JobStore": { "Schema": "queue" },
              "Thresholds": { "BacklogJobs": 500, "HeartbeatStale": "00:15:00" },
              "Kubernetes": { "LabelSelector": "app=worker" }
            }
          }
        }
        ```

        The `cliply` tool reads the same keys from `cliply.json` or the file of `--config`, and from the environment.

        """;

    public static string Write()
    {
        var page = new StringBuilder(Head);
        foreach (var (section, type) in OptionTypes.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {section}\n\n{XmlDocumentation.Summary(type)}");
            if (XmlDocumentation.Remarks(type) is { Length: > 0 } remarks)
            {
                page.Append(' ').Append(remarks);
            }

            page.Append(CultureInfo.InvariantCulture, $" Package `{type.Assembly.GetName().Name}`, type `{type.FullName}`.\n");
            AddTable(page, "", type);
            foreach (var nested in OptionTypes.Options(type).Where(p => OptionTypes.IsNested(p.PropertyType)))
            {
                AddNested(page, section, nested.Name, nested);
            }
        }

        return page.ToString();
    }

    private static void AddNested(StringBuilder page, string section, string path, PropertyInfo property)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n### {section}:{path}\n\n{XmlDocumentation.Summary(property.PropertyType)}\n");
        AddTable(page, "", property.PropertyType);
        foreach (var nested in OptionTypes.Options(property.PropertyType).Where(p => OptionTypes.IsNested(p.PropertyType)))
        {
            AddNested(page, section, $"{path}:{nested.Name}", nested);
        }
    }

    private static void AddTable(StringBuilder page, string prefix, Type type)
    {
        page.Append("\n| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n");
        AddRows(page, prefix, type);
    }

    private static void AddRows(StringBuilder page, string prefix, Type type)
    {
        var defaults = Activator.CreateInstance(type);
        foreach (var property in OptionTypes.Options(type).Where(p => !OptionTypes.IsNested(p.PropertyType)))
        {
            var cells = new[] { $"`{prefix}{property.Name}`", Name(property.PropertyType), Default(property.GetValue(defaults)), Range(property), XmlDocumentation.Summary(property) };
            page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
            if (OptionTypes.ItemOf(property.PropertyType) is { } item && OptionTypes.IsNested(item))
            {
                AddRows(page, $"{prefix}{property.Name}:0:", item);
            }
        }
    }

    private static string Name(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain switch
        {
            _ when plain == typeof(string) => "text",
            _ when plain == typeof(bool) => "`true` or `false`",
            _ when plain == typeof(int) || plain == typeof(long) => "whole number",
            _ when plain == typeof(double) => "number",
            _ when plain == typeof(TimeSpan) => "duration",
            _ when plain == typeof(DateTimeOffset) => "time",
            _ when plain.IsEnum => string.Join(", ", Enum.GetNames(plain).Select(n => $"`{n}`")),
            _ when OptionTypes.ItemOf(plain) is { } item => OptionTypes.IsNested(item) ? "list" : $"list of {Name(item)}s",
            _ when OptionTypes.IsDictionary(plain) => "names and values",
            _ => throw new InvalidOperationException($"{plain} has no word on the page of the configuration. Add one."),
        };
    }

    private static string Default(object? value) => value switch
    {
        null => "none",
        "" => "empty",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        IDictionary or IList { Count: 0 } => "empty",
        IEnumerable<string> texts => string.Join(", ", texts.Select(t => $"`{t}`")),
        TimeSpan duration => $"`{duration.ToString(duration.Ticks % TimeSpan.TicksPerSecond == 0 ? "c" : @"hh\:mm\:ss\.FFF", CultureInfo.InvariantCulture)}`",
        IFormattable other => $"`{other.ToString(null, CultureInfo.InvariantCulture)}`",
        IEnumerable items when !items.Cast<object>().Any() => "empty",
        _ => throw new InvalidOperationException($"A default of {value.GetType()} can't be shown. Add how."),
    };

    private static string Range(PropertyInfo property)
    {
        var parts = new List<string>();
        foreach (var attribute in property.GetCustomAttributes())
        {
            switch (attribute)
            {
                case DurationRangeAttribute range:
                    parts.Add($"{range.Minimum} to {range.Maximum}");
                    break;
                case RangeAttribute range:
                    parts.Add(FormattableString.Invariant($"{range.Minimum} to {range.Maximum}"));
                    break;
                case StringLengthAttribute length:
                    parts.Add(length.MinimumLength > 0 ? $"{length.MinimumLength} to {length.MaximumLength} characters" : $"up to {length.MaximumLength} characters");
                    break;
                case RegularExpressionAttribute expression:
                    parts.Add($"`{expression.Pattern}`");
                    break;
            }
        }

        return string.Join(", ", parts);
    }
}
