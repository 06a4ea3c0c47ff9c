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

        section.Bind(options);
    }
}
