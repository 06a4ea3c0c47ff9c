using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.HealthChecks;

/// <summary>The library's health checks, each kept for the host's life since a status is held over readings.</summary>
internal sealed class FleetHealthChecks(IFleetDiagnostics diagnostics, IOptions<CliplyDiagnosticsOptions> options)
{
    private readonly Dictionary<string, FleetHealthCheck> _checks = FleetHealthCheckDefinition.All.ToDictionary(
        definition => definition.Name,
        definition => new FleetHealthCheck(definition, diagnostics, options.Value),
        StringComparer.Ordinal);

    public FleetHealthCheck Find(string name) => _checks[name];
}
