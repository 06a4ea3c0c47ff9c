using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Logs;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class LogFilesOptionsBinding(IConfiguration? configuration) : IConfigureOptions<LogFilesOptions>
{
    public void Configure(LogFilesOptions options) => configuration?.GetSection(LogFilesOptions.SectionName).Bind(options);
}
