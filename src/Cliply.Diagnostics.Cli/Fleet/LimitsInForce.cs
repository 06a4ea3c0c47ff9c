using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.CommandLine;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>The limits of the environment and the configuration file, otherwise the defaults.</summary>
internal static class LimitsInForce
{
    /// <param name="config">What <c>--config</c> names; null: the file in the current folder, if it is there.</param>
    /// <exception cref="CliException">The file can't be used.</exception>
    /// <exception cref="OptionsValidationException">A limit is out of range, or contradicts another one.</exception>
    public static DiagnosisThresholds Read(string? config)
    {
        // Binding options takes longer than all the rest, and mostly there are none.
        var file = ConfigurationFile.Read(config);
        return file.Content is null && !AreInTheEnvironment() ? new DiagnosisThresholds() : new FleetSettings(file, null, null).ReadOptions().Thresholds;
    }

    private static bool AreInTheEnvironment()
    {
        const string Section = $"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.Thresholds)}:";
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.Replace("__", ":", StringComparison.Ordinal).StartsWith(Section, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
