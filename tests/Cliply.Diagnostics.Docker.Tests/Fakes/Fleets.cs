using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cliply.Diagnostics.Docker.Tests.Fakes;

/// <summary>The library as a host gets it, with Docker and a job store that a test writes.</summary>
internal static class Fleets
{
    public static ServiceProvider Create(Action<DockerOptions> docker, Func<DateTimeOffset, CollectedEvidence> store, TimeSpan? deadline = null, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddCliplyDiagnostics(options =>
        {
            options.CollectorDeadline = deadline ?? TimeSpan.FromSeconds(20);
            options.CollectionDeadline = options.CollectorDeadline + TimeSpan.FromSeconds(10);
            options.SnapshotMaxAge = TimeSpan.Zero;
            configure?.Invoke(options);
        });
        services.RemoveAll<IEvidenceCollector>();
        services.AddSingleton<IEvidenceCollector>(new JobStore(store));
        builder.AddDocker(docker);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public static Task<FleetReading> DiagnoseAsync(this ServiceProvider provider) =>
        provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

    /// <summary>A store with two workers that beat, and little to do.</summary>
    public static CollectedEvidence Healthy(DateTimeOffset now) => new()
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 0, LastHeartbeatAt = now.AddSeconds(-4) },
        Queue = new QueueEvidence { Runnable = 3, Scheduled = 0, Running = 1, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 20, StaleRunning = 0 },
        Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, LatencyMilliseconds = 1.5, MissingFunctions = [] },
    };

    /// <summary>A store with no worker, where jobs pile up.</summary>
    public static CollectedEvidence Abandoned(DateTimeOffset now) => Healthy(now) with
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0, Stale = 0, LastHeartbeatAt = now.AddMinutes(-20) },
        Queue = new QueueEvidence { Runnable = 512, Scheduled = 0, Running = 0, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 2_820, StaleRunning = 0 },
    };

    /// <summary>A store whose workers beat no more while they hold jobs.</summary>
    public static CollectedEvidence Stuck(DateTimeOffset now) => Healthy(now) with
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 1, Stale = 1, LastHeartbeatAt = now.AddMinutes(-15) },
        Queue = new QueueEvidence { Runnable = 40, Scheduled = 0, Running = 1, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 200, StaleRunning = 1 },
    };

    private sealed class JobStore(Func<DateTimeOffset, CollectedEvidence> store) : IEvidenceCollector
    {
        public string Name => "store";

        public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database];

        public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) => Task.FromResult(store(TimeProvider.System.GetUtcNow()));
    }
}
