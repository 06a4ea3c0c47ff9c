using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class CliplyDiagnosticsOptionsBinding(IConfiguration? configuration) : IConfigureOptions<CliplyDiagnosticsOptions>
{
    public void Configure(CliplyDiagnosticsOptions options)
    {
        if (configuration?.GetSection(CliplyDiagnosticsOptions.SectionName) is not { } section)
        {
            return;
        }

        // The binder adds to lists; a configured list is meant to replace the default.
        if (section.GetSection("Environment:Required").Exists())
        {
            options.Environment.Required = [];
        }

        if (section.GetSection("Environment:Recommended").Exists())
        {
            options.Environment.Recommended = [];
        }

        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(CliplyDiagnosticsOptions), [Explain(section, exception.Message)]);
        }
    }

    /// <summary>The binder's own message repeats the value; of it only the key and the type are told.</summary>
    internal static string Explain(IConfigurationSection section, string message)
    {
        var keys = section.AsEnumerable().Select(s => s.Key).Where(key => message.Contains($"'{key}'", StringComparison.Ordinal)).OrderByDescending(key => key.Length);
        var expected = message.Contains($"'{typeof(TimeSpan)}'", StringComparison.Ordinal) ? "a duration such as 00:00:02"
            : message.Contains($"'{typeof(DateTimeOffset)}'", StringComparison.Ordinal) ? "a time such as 2026-12-01T06:00:00Z"
            : message.Contains($"'{typeof(int)}'", StringComparison.Ordinal) ? "a whole number"
            : message.Contains($"'{typeof(double)}'", StringComparison.Ordinal) ? "a number"
            : "a value of its type";
        return $"{keys.FirstOrDefault() ?? section.Path} can't be read. Expected {expected}.";
    }
}
