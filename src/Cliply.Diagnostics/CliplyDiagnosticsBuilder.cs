using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics;

/// <summary>Adds further evidence to the diagnostics of a host.</summary>
public sealed class CliplyDiagnosticsBuilder : ICliplyDiagnosticsBuilder
{
    internal CliplyDiagnosticsBuilder(IServiceCollection services) => Services = services;

    /// <inheritdoc/>
    public IServiceCollection Services { get; }
}
