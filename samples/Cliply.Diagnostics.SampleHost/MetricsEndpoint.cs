using Cliply.Diagnostics.SampleFleet;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Cliply.Diagnostics.SampleHost;

/// <summary>The library's metrics for Prometheus, under the names that they have in .NET.</summary>
internal static class MetricsEndpoint
{
    public static IDisposable Start(int port)
    {
        try
        {
            return Create(port);
        }
        catch (InvalidOperationException)
        {
            throw new SampleException(SampleException.Usage, $"--metrics {port}: the port can't be listened on. Give one that is free.");
        }
    }

    private static MeterProvider Create(int port) => Sdk.CreateMeterProviderBuilder()
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
