using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.PostgreSql;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>A cache beside a real PostgreSQL: what another host has read from it is taken only while it answers here, too.</summary>
[Collection(PostgresTests.Name)]
public sealed class DistributedCachePostgresTests(PostgresServer server)
{
    [Fact]
    public async Task DiagnoseAsync_ThroughACache_AsksTheDatabaseForNoMoreThanASignOfLife()
    {
        var database = await TestDatabase.CreateAsync(server, SharedTable.Jobs);
        var cache = new SwitchedCache(TimeProvider.System.GetUtcNow);
        await using var one = Host(database.BouncerConnectionString, cache);
        await using var two = Host(database.BouncerConnectionString, cache);
        await one.DiagnoseAsync();
        await database.ExecuteAsync("alter table jobs rename to elsewhere");

        var reading = await two.DiagnoseAsync();

        two.Fleet.Calls.Should().Be(0);
        reading.Snapshot.Database.Value.Should().Match<DatabaseEvidence>(d => d.Status == DatabaseStatus.Ok && d.LatencyMilliseconds > 0);
        reading.Snapshot.Queue.IsKnown.Should().BeTrue();
        reading.Age.Should().BePositive();
    }

    [Fact]
    public async Task DiagnoseAsync_DatabaseIsGone_IsDiagnosedThoughTheCacheHoldsEvidence()
    {
        var database = await TestDatabase.CreateAsync(server, SharedTable.Jobs);
        var cache = new SwitchedCache(TimeProvider.System.GetUtcNow);
        await using var one = Host(database.ConnectionString, cache);
        await using var two = Host(database.ConnectionString, cache);
        await one.DiagnoseAsync();
        await server.StopAsync();
        try
        {
            var reading = await two.DiagnoseAsync();

            reading.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Refused);
            reading.Snapshot.Queue.IsKnown.Should().BeFalse();
            two.Fleet.Calls.Should().Be(1);
            reading.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", "refused"), ("own", null));
            two.Told.Should().BeEmpty("what the cache held could be read");
        }
        finally
        {
            await server.StartAsync();
        }
    }

    private static SharingHost Host(string connectionString, SwitchedCache cache) => new(connectionString, services: b =>
    {
        b.ShareSnapshotsInDistributedCache();
        b.Services.AddSingleton<IDistributedCache>(cache);
    });
}
