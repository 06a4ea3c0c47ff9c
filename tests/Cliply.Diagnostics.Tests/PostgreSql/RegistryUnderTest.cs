using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>A worker's way to the table, with a connection of its own.</summary>
internal sealed class RegistryUnderTest : IAsyncDisposable
{
    private readonly PostgresWorkerRegistry _registry;

    public RegistryUnderTest(string? connectionString, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var options = new CliplyDiagnosticsOptions { ConnectionString = connectionString };
        configure?.Invoke(options);
        _registry = new PostgresWorkerRegistry(Options.Create(options), Options.Create(new WorkerHeartbeatOptions { Interval = TimeSpan.FromSeconds(10) }), configuration: null, hostDataSource: null, _ => null);
    }

    public Task<WorkerRegistryFailure?> BeatAsync(string id, int? runningJobs = 0, string host = "host-a", string[]? kinds = null, string? version = "1.0") => _registry.BeatAsync(
        new WorkerBeat { Id = id, Host = host, ProcessId = 12, Version = version, RunningJobs = runningJobs, Kinds = kinds ?? [] }, TestContext.Current.CancellationToken);

    public Task<WorkerRegistryFailure?> RemoveAsync(string id) => _registry.RemoveAsync(id, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _registry.DisposeAsync();
}
