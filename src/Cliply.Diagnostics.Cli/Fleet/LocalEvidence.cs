using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Environments;
using Cliply.Diagnostics.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>What is measured on the machine that the tool runs on, which need not be one of the workers'.</summary>
internal static class LocalEvidence
{
    /// <summary>Whether a diagnosis rests on this machine.</summary>
    public static bool Speaks(string code) => code is DiagnosisCodes.FfmpegUnavailable or DiagnosisCodes.YtDlpUnavailable or DiagnosisCodes.EnvironmentIncomplete;

    public static void Remove(IServiceCollection services)
    {
        foreach (var descriptor in services.Where(IsLocal).ToList())
        {
            services.Remove(descriptor);
        }
    }

    private static bool IsLocal(ServiceDescriptor descriptor)
    {
        var collector = descriptor.ImplementationType ?? descriptor.ImplementationFactory?.GetType().GenericTypeArguments[1];
        return descriptor.ServiceType == typeof(IEvidenceCollector) && (collector == typeof(BinaryCollector) || collector == typeof(EnvironmentCollector));
    }
}
