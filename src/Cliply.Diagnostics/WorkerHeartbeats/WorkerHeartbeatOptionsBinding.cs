using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class WorkerHeartbeatOptionsBinding(IConfiguration? configuration) : IConfigureOptions<WorkerHeartbeatOptions>
{
    public void Configure(WorkerHeartbeatOptions options) => configuration?.GetSection(WorkerHeartbeatOptions.SectionName).Bind(options);
}
