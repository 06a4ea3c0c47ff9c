using Cliply.Diagnostics.Collection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.AspNetCore;

/// <summary>What <c>AddCliplyHealthChecks</c> has registered, or an error that says to call it.</summary>
internal static class AddedServices
{
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="caller">The method that needs it.</param>
    /// <exception cref="InvalidOperationException">The diagnostics were not added.</exception>
    public static IFleetDiagnostics Diagnostics(IEndpointRouteBuilder endpoints, string caller)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.ServiceProvider.GetService<IFleetDiagnostics>()
            ?? throw new InvalidOperationException($"{caller} needs the diagnostics. Call builder.Services.AddCliplyHealthChecks() before building the host.");
    }
}
