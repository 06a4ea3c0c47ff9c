using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Prometheus;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reads history from Prometheus.</summary>
public static class CliplyPrometheusBuilderExtensions
{
    /// <summary>
    /// Reads the last hour of the fleet from Prometheus, Thanos, Mimir or another server with their HTTP API, which has
    /// scraped the metrics of hosts with this library and, where there is one, kube-state-metrics. It fills <c>history</c>,
    /// in place of the readings in this host's memory, which serve while the server fails. Where nothing that looks itself is
    /// configured, it also tells what the scraped hosts see of their workers, and which worker containers restart. Safe to
    /// call twice; the last URL wins.
    /// </summary>
    /// <typeparam name="TBuilder">The builder's type.</typeparam>
    /// <param name="builder">The diagnostics of a host.</param>
    /// <param name="url">The server's base URL, as <see cref="PrometheusOptions.Url"/>; null: that of the configuration.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:Prometheus</c>. They are validated when the host starts.</param>
    /// <returns>The builder, to add more evidence.</returns>
    public static TBuilder AddPrometheus<TBuilder>(this TBuilder builder, string? url = null, Action<PrometheusOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<PrometheusOptions>, PrometheusOptionsBinding>(
            provider => new PrometheusOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PrometheusOptions>, PrometheusOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PrometheusOptions>, PrometheusOptionsRules>());
        services.AddOptions<PrometheusOptions>().ValidateOnStart();
        if (url is not null)
        {
            services.Configure<PrometheusOptions>(options => options.Url = url);
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton<PrometheusClient>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, PrometheusSecrets>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, PrometheusCollector>());
        return builder;
    }
}
