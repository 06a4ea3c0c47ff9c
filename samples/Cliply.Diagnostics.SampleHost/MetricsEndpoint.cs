using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Cliply.Diagnostics.SampleHost;

/// <summary>The library's metrics for Prometheus, under the names that they have in .NET.</summary>
internal static class MetricsEndpoint
{
    public static IDisposable Start(int port) => Sdk.CreateMeterProviderBuilder()
        .AddMeter("Cliply.Diagnostics")
        .AddPrometheusHttpListener(options =>
        {
            options.Host = "127.0.0.1";
            options.Port = port;
            options.ScopeInfoEnabled = false;
            options.TargetInfoEnabled = false;
        })
        .Build();
}
