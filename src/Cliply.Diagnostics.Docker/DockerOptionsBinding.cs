using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Docker;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class DockerOptionsBinding(IConfiguration? configuration) : IConfigureOptions<DockerOptions>
{
    public void Configure(DockerOptions options) => configuration?.GetSection(DockerOptions.SectionName).Bind(options);
}
