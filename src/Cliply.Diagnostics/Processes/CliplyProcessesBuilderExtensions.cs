using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the evidence of plain processes.</summary>
public static class CliplyProcessesBuilderExtensions
{
    /// <summary>
    /// Adds the sections deployments and resources from the processes of this host, for workers that neither systemd nor a
    /// container runs. Linux only. Safe to call twice; each call changes the same options.
    /// </summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="configure">Says which processes, after the configuration section <c>Cliply:Diagnostics:Processes</c>. The options are validated when the host starts.</param>
    /// <returns>The builder.</returns>
    public static TBuilder AddProcesses<TBuilder>(this TBuilder builder, Action<ProcessesOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ProcessesOptions>, ProcessesOptionsBinding>(
            provider => new ProcessesOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProcessesOptions>, ProcessesOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProcessesOptions>, ProcessesOptionsRules>());
        services.AddOptions<ProcessesOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, ProcessesCollector>(provider => new ProcessesCollector(
            provider.GetRequiredService<IOptions<ProcessesOptions>>(),
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            provider.GetRequiredService<TimeProvider>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEscalationSource, ProcessesEscalationSource>(provider => new ProcessesEscalationSource(
            provider.GetRequiredService<IOptions<ProcessesOptions>>(),
            provider.GetRequiredService<TimeProvider>())));
        return builder;
    }
}
