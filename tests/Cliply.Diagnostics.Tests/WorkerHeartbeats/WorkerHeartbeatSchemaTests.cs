using Cliply.Diagnostics.WorkerHeartbeats;

namespace Cliply.Diagnostics.Tests.WorkerHeartbeats;

public sealed class WorkerHeartbeatSchemaTests
{
    [Fact]
    public async Task PostgreSql_IsTheCommittedScript() =>
        WorkerHeartbeatSchema.PostgreSql.Should().Be(await File.ReadAllTextAsync(Script("cliply_workers.postgresql.sql"), TestContext.Current.CancellationToken)).And.Contain("create table if not exists \"public\".\"cliply_workers\"");

    [Fact]
    public async Task Sqlite_IsTheCommittedScript() =>
        WorkerHeartbeatSchema.Sqlite.Should().Be(await File.ReadAllTextAsync(Script("cliply_workers.sqlite.sql"), TestContext.Current.CancellationToken)).And.Contain("create table if not exists \"cliply_workers\"");

    [Fact]
    public void PostgreSqlFor_OtherNames_AreQuotedEverywhere()
    {
        var script = WorkerHeartbeatSchema.PostgreSqlFor("my \"schema", "w; drop table jobs");

        script.Should().Contain("create table if not exists \"my \"\"schema\".\"w; drop table jobs\" (")
            .And.Contain("alter table \"my \"\"schema\".\"w; drop table jobs\" enable row level security;")
            .And.Contain("-- grant usage on schema \"my \"\"schema\" to monitoring_role;")
            .And.NotContain("\"public\"").And.NotContain("\"cliply_workers\"");
    }

    [Fact]
    public void PostgreSqlFor_DefaultNames_IsTheScript() => WorkerHeartbeatSchema.PostgreSqlFor("public", "cliply_workers").Should().Be(WorkerHeartbeatSchema.PostgreSql);

    [Fact]
    public void SqliteFor_OtherName_IsQuoted() =>
        WorkerHeartbeatSchema.SqliteFor("w\"").Should().Contain("create table if not exists \"w\"\"\" (").And.NotContain("\"cliply_workers\"");

    private static string Script(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Cliply.Diagnostics.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "deploy", "sql", name);
    }
}
