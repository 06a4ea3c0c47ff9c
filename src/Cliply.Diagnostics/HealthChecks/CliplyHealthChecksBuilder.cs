using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.HealthChecks;

/// <summary>The host's health checks, and the diagnostics behind those of this library.</summary>
public sealed class CliplyHealthChecksBuilder : IHealthChecksBuilder, ICliplyDiagnosticsBuilder
{
    private readonly IHealthChecksBuilder _checks;

    internal CliplyHealthChecksBuilder(IHealthChecksBuilder checks) => _checks = checks;

    /// <inheritdoc cref="ICliplyDiagnosticsBuilder.Services"/>
    public IServiceCollection Services => _checks.Services;

    /// <inheritdoc/>
    public IHealthChecksBuilder Add(HealthCheckRegistration registration) => _checks.Add(registration);
}
