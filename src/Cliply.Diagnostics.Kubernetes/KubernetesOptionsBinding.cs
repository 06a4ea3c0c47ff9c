using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class KubernetesOptionsBinding(IConfiguration? configuration) : IConfigureOptions<KubernetesOptions>
{
    public void Configure(KubernetesOptions options) => configuration?.GetSection(KubernetesOptions.SectionName).Bind(options);
}
