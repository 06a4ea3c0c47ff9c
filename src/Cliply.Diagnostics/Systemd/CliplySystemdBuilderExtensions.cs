using Cliply.Diagnostics;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Systemd;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the evidence of systemd and its journal.</summary>
public static class CliplySystemdBuilderExtensions
{
    /// <summary>
    /// Adds the sections deployments, resources and logs from <c>systemctl</c> and <c>journalctl</c> on this host. Safe to call
    /// twice; each call adds to the options. What state of a unit means what: docs/decisions/012; what to do then: runbook 1.1 and 3.3.
    /// </summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:Systemd</c>. They are validated when the host starts.</param>
    /// <returns>The builder.</returns>
    public static TBuilder AddSystemd<TBuilder>(this TBuilder builder, Action<SystemdOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<SystemdOptions>, SystemdOptionsBinding>(
            provider => new SystemdOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SystemdOptions>, SystemdOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SystemdOptions>, SystemdOptionsRules>());
        services.AddOptions<SystemdOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, SystemdCollector>(provider => new SystemdCollector(
            provider.GetRequiredService<IOptions<SystemdOptions>>(),
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            provider.GetRequiredService<BinarySearch>(),
            provider.GetRequiredService<LogPatternMatcher>(),
            provider.GetRequiredService<TimeProvider>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEscalationSource, SystemdEscalationSource>());
        return builder;
    }

    /// <inheritdoc cref="AddSystemd{TBuilder}(TBuilder, Action{SystemdOptions}?)"/>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="unit">A unit, or a pattern for the instances of a template, such as <c>cliply-worker@*</c>. Further calls add further units.</param>
    public static TBuilder AddSystemd<TBuilder>(this TBuilder builder, string unit)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(unit);
        return builder.AddSystemd(options => options.Units.Add(unit));
    }
}
