using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cliply.Diagnostics.Tests.Fakes;

/// <summary>The library as a host gets it, with a test's collectors in place of its own.</summary>
internal static class Fleets
{
    public static ServiceProvider Create(IEnumerable<IEvidenceCollector> collectors, Action<CliplyDiagnosticsOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var collection = new ServiceCollection();
        collection.AddCliplyHealthChecks(configure);
        collection.RemoveAll<IEvidenceCollector>();
        foreach (var collector in collectors)
        {
            collection.AddSingleton(collector);
        }

        services?.Invoke(collection);
        return collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public static IFleetDiagnostics Fleet(this ServiceProvider provider) => provider.GetRequiredService<IFleetDiagnostics>();
}
