using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.SampleFleet;

/// <summary>The job queue, its producer and workers, and the diagnostics that watch them.</summary>
internal static class SampleServices
{
    public static void AddSampleFleet(this IServiceCollection services, JobQueue queue, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        services.AddSingleton(queue);
        services.AddSingleton<WorkerFleet>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerFleet>());
        services.AddHostedService<Producer>();
        services.AddSingleton<IEvidenceCollector, FleetCollector>();
        services.AddCliplyHealthChecks(options =>
        {
            queue.Configure(options);

            // A slow machine that runs everything in one process is no finding here.
            options.CollectorDeadline = TimeSpan.FromSeconds(10);
            options.CollectionDeadline = TimeSpan.FromSeconds(12);

            // So that a failure shows within seconds.
            options.SnapshotMaxAge = TimeSpan.FromSeconds(0.5);
            options.History.Interval = TimeSpan.FromSeconds(1);
            options.Thresholds.ClockSkew = TimeSpan.FromSeconds(2);
            options.Thresholds.HeartbeatFresh = TimeSpan.FromSeconds(3);
            options.Thresholds.HeartbeatStale = TimeSpan.FromSeconds(6);
            options.Thresholds.ClaimGrace = TimeSpan.FromSeconds(5);
            configure?.Invoke(options);
        });
        queue.Register(services);
    }
}
