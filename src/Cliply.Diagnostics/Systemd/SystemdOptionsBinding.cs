using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class SystemdOptionsBinding(IConfiguration? configuration) : IConfigureOptions<SystemdOptions>
{
    public void Configure(SystemdOptions options) => configuration?.GetSection(SystemdOptions.SectionName).Bind(options);
}
