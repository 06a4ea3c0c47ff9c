using BenchmarkDotNet.Attributes;
using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.Benchmarks;

/// <summary>Seven checks of this library beside the one of AspNetCore.HealthChecks.NpgSql, which asks the database for 1. Needs CLIPLY_BENCHMARK_DATABASE.</summary>
[MemoryDiagnoser]
public class HealthCheckBenchmarks
{
    private ServiceProvider? _shared;
    private ServiceProvider? _fresh;
    private ServiceProvider? _npgsql;

    private static string ConnectionString => Environment.GetEnvironmentVariable("CLIPLY_BENCHMARK_DATABASE")
        ?? throw new InvalidOperationException("Set CLIPLY_BENCHMARK_DATABASE, or run benchmarks/health-checks/run.sh.");

    [GlobalSetup]
    public async Task BuildAsync()
    {
        _shared = Create(services => services.AddCliplyHealthChecks(o => o.ConnectionString = ConnectionString));
        _fresh = Create(services => services.AddCliplyHealthChecks(o => (o.ConnectionString, o.SnapshotMaxAge) = (ConnectionString, TimeSpan.Zero)));
        _npgsql = Create(services => services.AddHealthChecks().AddNpgSql(ConnectionString));
        var reading = await _fresh.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync();
        if (!reading.Snapshot.Queue.IsKnown)
        {
            throw new InvalidOperationException(reading.Snapshot.Queue.Unavailable?.Message);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _shared?.Dispose();
        _fresh?.Dispose();
        _npgsql?.Dispose();
    }

    [Benchmark(Baseline = true)]
    public Task<HealthReport> NpgSqlSelect1() => Check(_npgsql!);

    [Benchmark]
    public Task<HealthReport> CliplySharedSnapshot() => Check(_shared!);

    /// <summary>Every call collects anew, without the sharing that is the default.</summary>
    [Benchmark]
    public Task<HealthReport> CliplyCollectingEachTime() => Check(_fresh!);

    private static Task<HealthReport> Check(ServiceProvider provider) => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    private static ServiceProvider Create(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        add(services);
        return services.BuildServiceProvider();
    }
}
