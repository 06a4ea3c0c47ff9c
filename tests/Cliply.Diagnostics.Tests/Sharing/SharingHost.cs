using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Sharing;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Testing;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>One host of several: a collector of the fleet that counts, and one of its own binaries, environment and containers.</summary>
internal sealed class SharingHost : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    /// <param name="connectionString">The job store; null: none.</param>
    /// <param name="name">Is in what the host sees of itself.</param>
    /// <param name="fleet">What the fleet's collector does; null: the job store itself is read.</param>
    /// <param name="configure">The options, after a <see cref="CliplyDiagnosticsOptions.SnapshotMaxAge"/> of a minute and deadlines that a slow machine keeps.</param>
    /// <param name="services">Further services; by default <c>ShareSnapshots</c>.</param>
    public SharingHost(string? connectionString, string name = "one", Func<CancellationToken, Task<CollectedEvidence>>? fleet = null, Action<CliplyDiagnosticsOptions>? configure = null, Action<CliplyDiagnosticsBuilder>? services = null)
    {
        var collection = new ServiceCollection();
        var builder = collection.AddCliplyDiagnostics(o =>
        {
            o.ConnectionString = connectionString;
            o.SnapshotMaxAge = TimeSpan.FromMinutes(1);
            Deadlines(20, 60)(o);
            configure?.Invoke(o);
        });
        (services ?? (b => b.ShareSnapshots()))(builder);
        collection.Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
        collection.AddFakeLogging();
        collection.RemoveAll<IEvidenceCollector>();
        collection.AddSingleton<IEvidenceCollector>(provider => Fleet = new ScriptedCollector(
            "store",
            [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database],
            fleet ?? new JobStoreCollector(provider.GetRequiredService<IJobStoreCollector>()).CollectAsync) { SeesWholeFleet = true });
        Own = new ScriptedCollector("own", [SnapshotSection.Binaries, SnapshotSection.Environment, SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence
        {
            Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.Available, Version = name }),
            Environment = new EnvironmentEvidence { MissingRequired = [], MissingRecommended = [name], Invalid = [] },
            Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Docker, Name = name, Instances = [new InstanceEvidence { Id = name, State = InstanceState.Running }] }),
        }));
        collection.AddSingleton<IEvidenceCollector>(Own);
        _provider = collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        _provider.GetRequiredService<IFleetDiagnostics>();
    }

    public SkippingTime Time { get; } = new();

    public ScriptedCollector Fleet { get; private set; } = null!;

    public ScriptedCollector Own { get; }

    public IServiceProvider Services => _provider;

    /// <summary>What the sharing has logged.</summary>
    public IReadOnlyList<string> Told => [.. _provider.GetRequiredService<FakeLogCollector>().GetSnapshot().Where(r => r.Category == typeof(SnapshotSharing).FullName).Select(r => r.Message)];

    /// <summary>How long a collector and a whole collection may take, in seconds; the difference is waited for other hosts.</summary>
    public static Action<CliplyDiagnosticsOptions> Deadlines(int collector, int collection) =>
        o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(collector), TimeSpan.FromSeconds(collection));

    public Task<FleetReading> DiagnoseAsync() => _provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
