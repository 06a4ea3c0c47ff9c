using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sharing;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class SnapshotSharingOptionsBinding(IConfiguration? configuration) : IConfigureOptions<SnapshotSharingOptions>
{
    public void Configure(SnapshotSharingOptions options) => configuration?.GetSection(SnapshotSharingOptions.SectionName).Bind(options);
}
