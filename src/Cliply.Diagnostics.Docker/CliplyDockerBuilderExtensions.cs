using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Docker;
using Cliply.Diagnostics.Escalations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what Docker and Podman know about the workers.</summary>
public static class CliplyDockerBuilderExtensions
{
    /// <summary>
    /// Looks at the workers' containers in Docker, or in Podman through its compatible socket: whether they run, how they
    /// ended, how often they were restarted, what they use of their limits, and what they said last. Only ever reads.
    /// Safe to call twice.
    /// </summary>
    /// <param name="builder">The diagnostics, as <c>AddCliplyHealthChecks</c> returns them.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:Docker</c>. They are validated when the host starts.</param>
    public static TBuilder AddDocker<TBuilder>(this TBuilder builder, Action<DockerOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<DockerOptions>, DockerOptionsBinding>(
            provider => new DockerOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DockerOptions>, DockerOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DockerOptions>, DockerOptionsRules>());
        services.AddOptions<DockerOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(new DockerEndpointSearch(System.Environment.GetEnvironmentVariable, DockerEndpointSearch.UsualSockets));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, DockerCollector>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEscalationSource, DockerEscalationSource>());
        return builder;
    }
}
