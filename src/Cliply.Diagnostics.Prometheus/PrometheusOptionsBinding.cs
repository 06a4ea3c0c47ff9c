using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class PrometheusOptionsBinding(IConfiguration? configuration) : IConfigureOptions<PrometheusOptions>
{
    public void Configure(PrometheusOptions options) => configuration?.GetSection(PrometheusOptions.SectionName).Bind(options);
}
