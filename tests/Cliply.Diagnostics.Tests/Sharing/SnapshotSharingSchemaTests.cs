using Cliply.Diagnostics.Sharing;
using Cliply.Diagnostics.Tests.PostgreSql;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Tests.Sharing;

[Collection(PostgresTests.Name)]
public sealed class SnapshotSharingSchemaTests(PostgresServer server)
{
    [Fact]
    public async Task PostgreSql_IsTheCommittedScript()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cliply.Diagnostics.sln")))
        {
            folder = folder.Parent!;
        }

        SnapshotSharingSchema.PostgreSql.Should().Be(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "deploy", "sql", "cliply_snapshot.postgresql.sql"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PostgreSqlFor_DefaultNames_IsTheScript() => SnapshotSharingSchema.PostgreSqlFor("public", "cliply_snapshot").Should().Be(SnapshotSharingSchema.PostgreSql);

    [Fact]
    public async Task I_can_run_the_script_twice_and_share_under_other_names()
    {
        var script = SnapshotSharingSchema.PostgreSqlFor("my \"schema", "shared; drop table jobs");
        var database = await TestDatabase.CreateAsync(server, SharedTable.Jobs + "create schema \"my \"\"schema\";" + script + script);
        await using var host = new SharingHost(database.ConnectionString, services: b => b.ShareSnapshots(o => (o.Schema, o.Table) = ("my \"schema", "shared; drop table jobs")));

        (await host.DiagnoseAsync()).Collectors.Select(c => c.Name).Should().Equal("store", "own");

        (await database.QueryAsync<long>("select count(*) from \"my \"\"schema\".\"shared; drop table jobs\" where evidence is not null")).Should().Be(1);
        script.Should().NotContain("\"public\"").And.NotContain("\"cliply_snapshot\"");
    }
}
