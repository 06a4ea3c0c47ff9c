using System.Collections.Concurrent;
using System.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Tests.Fakes;
using Cliply.Diagnostics.Tests.PostgreSql;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cliply.Diagnostics.AspNetCore.Tests.Probes;

/// <summary>500 connections ask whether the host is ready while its database is in trouble.</summary>
public sealed class ProbeLoadTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SwitchableProxy.State.Slow, "ready")]
    [InlineData(SwitchableProxy.State.Hung, "unready")]
    [InlineData(SwitchableProxy.State.Gone, "unready")]
    internal async Task Readyz_UnderLoadWithADatabaseInTrouble_CollectsOnceAnIntervalAndWaitsForNoCollection(SwitchableProxy.State trouble, string expected)
    {
        var database = await CreateDatabaseAsync("create table jobs (id bigserial primary key, kind text not null, state text not null, attempts int not null default 0, run_at timestamptz, locked_at timestamptz, locked_by text, heartbeat_at timestamptz, last_error text, created_at timestamptz, updated_at timestamptz)");
        await using var proxy = new SwitchableProxy(server.Port);
        await using var host = await WebHost.StartAsync(
            [WebHost.Local()],
            app => app.MapCliplyProbes(o => o.Budget = TimeSpan.FromMilliseconds(800)),
            o =>
            {
                o.ConnectionString = $"Host=127.0.0.1;Port={proxy.Port};Username=postgres;Database={database}";
                o.SnapshotMaxAge = Interval;

                // So long that a probe which waits for the collection is told from one that keeps its budget.
                (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(9));
            },
            builder => builder.Services.AddSingleton<IEvidenceCollector, JobStoreCollector>());
        var diagnostics = host.Services.GetRequiredService<IFleetDiagnostics>();
        await Eventually.HoldsAsync(async () => (await host.GetAsync("/readyz")).Body == "ready", "a healthy start");
        proxy.Switch(trouble);
        var (before, watch) = (diagnostics.Last!.Number, Stopwatch.StartNew());

        var answers = new ConcurrentBag<(TimeSpan Took, string Word)>();
        var alive = new ConcurrentBag<string>();
        await Task.WhenAll([
            .. Enumerable.Range(0, 500).Select(async _ =>
            {
                while (watch.Elapsed < Load)
                {
                    var start = Stopwatch.GetTimestamp();
                    var (_, word) = await host.GetAsync("/readyz");
                    answers.Add((Stopwatch.GetElapsedTime(start), word));
                    await Task.Delay(250, Cancellation);
                }
            }),
            LiveAsync(),
        ]);

        var collections = diagnostics.Last!.Number - before;
        collections.Should().BeInRange(1, (long)(watch.Elapsed / Interval) + 1);
        answers.Max(a => a.Took).Should().BeLessThan(TimeSpan.FromSeconds(6), "no probe may wait for the collection");
        answers.Should().HaveCountGreaterThan(500).And.OnlyContain(a => a.Word == "ready" || a.Word == "unready");
        alive.Should().HaveCountGreaterThan(5).And.OnlyContain(a => a == "alive");
        proxy.MostOpen.Should().BeLessThanOrEqualTo(3);
        await Eventually.HoldsAsync(async () => (await host.GetAsync("/readyz")).Body == expected, "the verdict");
        TestContext.Current.TestOutputHelper!.WriteLine($"{trouble}: {answers.Count} probes, {collections} collections, slowest {answers.Max(a => a.Took).TotalMilliseconds:0} ms, median {answers.Select(a => a.Took.TotalMilliseconds).Order().ElementAt(answers.Count / 2):0} ms");

        async Task LiveAsync()
        {
            while (watch.Elapsed < Load)
            {
                alive.Add((await host.GetAsync("/livez")).Body);
                await Task.Delay(50, Cancellation);
            }
        }
    }

    private async Task<string> CreateDatabaseAsync(string table)
    {
        var database = await server.CreateEmptyDatabaseAsync();
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username=postgres;Database={database};Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(table, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
        return database;
    }
}
