using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Kubernetes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Looks at the workers on Kubernetes.</summary>
public static class CliplyKubernetesBuilderExtensions
{
    /// <summary>
    /// Adds the sections <c>deployments</c>, <c>resources</c> and <c>logs</c> from Kubernetes: Deployments, StatefulSets and
    /// their pods, why they do not start or crash, what they use, and the ends of their logs. Only reads, with bounded lists
    /// and no watches; <c>deploy/kubernetes/role.yaml</c> holds all that it may do. Without a kubeconfig and outside a
    /// cluster the sections are unavailable as <c>not-configured</c>. Safe to call twice.
    /// </summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:Kubernetes</c>. They are validated when the host starts.</param>
    /// <typeparam name="TBuilder">The builder's own type, so that what it offers besides is still at hand.</typeparam>
    /// <returns>The builder.</returns>
    public static TBuilder AddKubernetes<TBuilder>(this TBuilder builder, Action<KubernetesOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KubernetesOptions>, KubernetesOptionsBinding>(
            provider => new KubernetesOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesOptions>, KubernetesOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesOptions>, KubernetesOptionsRules>());
        services.AddOptions<KubernetesOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton(KubernetesSurroundings.Real);
        services.TryAddSingleton<KubernetesConnectionSource>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, KubernetesCollector>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEscalationSource, KubernetesEscalationSource>());
        return builder;
    }
}
