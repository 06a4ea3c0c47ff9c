using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics;

/// <summary>What the packages for further evidence extend: <c>AddCliplyHealthChecks().AddDocker()</c>.</summary>
public interface ICliplyDiagnosticsBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
