using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Processes;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class ProcessesOptionsBinding(IConfiguration? configuration) : IConfigureOptions<ProcessesOptions>
{
    public void Configure(ProcessesOptions options) => configuration?.GetSection(ProcessesOptions.SectionName).Bind(options);
}
