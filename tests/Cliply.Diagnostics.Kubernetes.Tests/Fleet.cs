using System.Globalization;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cliply.Diagnostics.Kubernetes.Tests;

/// <summary>The library as a host gets it, with a job store that a test writes, and a kubeconfig of its own.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly string _folder;

    private Fleet(ServiceProvider provider, string folder)
    {
        _provider = provider;
        _folder = folder;
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Fleet Of(FakeApiServer server, CollectedEvidence? store = null, Action<KubernetesOptions>? configure = null, Action<CliplyDiagnosticsOptions>? diagnostics = null) =>
        Of(server.Address, store, configure, diagnostics);

    public static Fleet Of(string address, CollectedEvidence? store = null, Action<KubernetesOptions>? configure = null, Action<CliplyDiagnosticsOptions>? diagnostics = null, string? authority = null)
    {
        var folder = Directory.CreateTempSubdirectory("cliply-kubernetes-").FullName;
        var kubeconfig = Path.Combine(folder, "config");
        File.WriteAllText(kubeconfig, Kubeconfig(address, authority));

        var services = new ServiceCollection();
        var builder = services.AddCliplyDiagnostics(o =>
        {
            o.CollectorDeadline = TimeSpan.FromSeconds(30);
            o.CollectionDeadline = TimeSpan.FromSeconds(40);
            o.SnapshotMaxAge = TimeSpan.Zero;
            diagnostics?.Invoke(o);
        });
        services.RemoveAll<IEvidenceCollector>();
        services.AddSingleton<IEvidenceCollector>(new Store(store ?? Healthy()));
        builder.AddKubernetes(o =>
        {
            o.Kubeconfig = kubeconfig;
            configure?.Invoke(o);
        });
        return new Fleet(services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true }), folder);
    }

    public static string Kubeconfig(string address, string? authority = null) => $"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
          - name: test-cluster
            cluster:
              server: {address}
        {(authority is null ? "" : $"      certificate-authority-data: {authority}")}
        contexts:
          - name: test
            context:
              cluster: test-cluster
              namespace: media
              user: somebody
        users:
          - name: somebody
            user:
              token: {FakeApiServer.Canary}

        """;

    public Task<FleetReading> ReadAsync() => _provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

    public Task<EscalationDetails> EscalateAsync(EscalationRequest? request = null, CancellationToken? cancellationToken = null) =>
        _provider.GetServices<IEscalationSource>().Single().CollectAsync(request ?? new EscalationRequest(), cancellationToken ?? TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public static CollectedEvidence Healthy() => new()
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 0, LastHeartbeatAt = Now.AddSeconds(-4) },
        Queue = new QueueEvidence { Runnable = 3, Scheduled = 0, Running = 1, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 20, StaleRunning = 0 },
        Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, LatencyMilliseconds = 1.5, MissingFunctions = [] },
    };

    /// <summary>Nobody beats, and jobs wait.</summary>
    public static CollectedEvidence NobodyWorks() => Healthy() with
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0, Stale = 0, LastHeartbeatAt = Now.AddMinutes(-20) },
        Queue = new QueueEvidence { Runnable = 40, Scheduled = 0, Running = 0, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 1_100, StaleRunning = 0 },
    };

    /// <summary>Workers hold jobs, and have not beaten for long.</summary>
    public static CollectedEvidence Stuck() => Healthy() with
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.JobLocks, Active = 2, Stale = 2, LastHeartbeatAt = Now.AddMinutes(-25) },
        Queue = new QueueEvidence { Runnable = 40, Scheduled = 0, Running = 2, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 1_100, StaleRunning = 2 },
    };

    public static string LogLine(DateTimeOffset at, string text) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffff}00Z {text}\n");

    private sealed class Store(CollectedEvidence evidence) : IEvidenceCollector
    {
        public string Name => "store";

        public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database];

        public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) => Task.FromResult(evidence);
    }
}
