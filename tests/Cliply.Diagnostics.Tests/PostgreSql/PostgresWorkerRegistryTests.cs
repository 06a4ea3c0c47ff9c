using Cliply.Diagnostics.WorkerHeartbeats;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>What a beat writes to a real server, directly and through a real transaction pooler.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresWorkerRegistryTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BeatAsync_FirstAndLater_KeepsOneRowByTheDatabasesClock()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql);
        await using var registry = new RegistryUnderTest(database.ConnectionString);

        (await registry.BeatAsync("host-a:12:1700000000000", runningJobs: null, version: null)).Should().BeNull();
        var first = await RowAsync(database);
        await database.ExecuteAsync("update cliply_workers set beat_at = beat_at - interval '1 minute', started_at = started_at - interval '1 minute'");
        (await registry.BeatAsync("host-a:12:1700000000000", runningJobs: 2, kinds: ["CLIP_RENDER", "TRANSCRIBE"])).Should().BeNull();

        first.Should().Be("host-a:12:1700000000000|host-a|12||{}||fresh|fresh");
        (await RowAsync(database)).Should().Be("host-a:12:1700000000000|host-a|12|1.0|{CLIP_RENDER,TRANSCRIBE}|2|fresh|earlier");
    }

    [Fact]
    public async Task BeatAsync_TenTimes_IsOneUnpreparedStatementEach()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql);
        await database.ExecuteAsync($"alter database {database.Name} set log_statement = 'all'");
        await using var registry = new RegistryUnderTest(database.ConnectionString);
        for (var i = 0; i < 10; i++)
        {
            (await registry.BeatAsync("w")).Should().BeNull();
        }

        var backend = await database.QueryAsync<int>($"select pid from pg_stat_activity where datname = '{database.Name}' and application_name = 'cliply-worker'");
        var statements = (await server.ReadLogAsync()).Where(l => l.Contains($"[{backend}] LOG:  statement: ", StringComparison.Ordinal) || l.Contains($"[{backend}] LOG:  execute ", StringComparison.Ordinal)).ToList();

        // Npgsql asks a new connection once for the types that the database has.
        var beats = statements.Where(s => s.Contains("with expired as", StringComparison.Ordinal)).ToList();
        beats.Should().HaveCount(10).And.OnlyContain(s => s.Contains("execute <unnamed>:", StringComparison.Ordinal));
        statements.SkipWhile(s => s != beats[0]).Should().Equal(beats);
    }

    [Fact]
    public async Task BeatAsync_ThroughPgBouncer_LeavesNothingBehind()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql);
        await using var registry = new RegistryUnderTest(database.BouncerConnectionString);
        await using var another = new RegistryUnderTest(database.BouncerConnectionString);

        for (var i = 0; i < 20; i++)
        {
            (await registry.BeatAsync("one")).Should().BeNull();
            (await another.BeatAsync("two")).Should().BeNull();
        }

        // The pooler has one server connection, so that this client gets the very one that was used.
        await using var other = new NpgsqlConnection(database.BouncerConnectionString + ";Pooling=false;No Reset On Close=true");
        await other.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select (select count(*) from pg_prepared_statements) || ' ' || current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' || (select count(*) from cliply_workers)", other);
        (await command.ExecuteScalarAsync(Cancellation)).Should().Be("0 0 0 2");
        (await registry.RemoveAsync("one")).Should().BeNull();
        (await database.QueryAsync<string>("select string_agg(id, ' ') from cliply_workers")).Should().Be("two");
    }

    [Fact]
    public async Task BeatAsync_TwoHundredTimes_KeepsOneConnection()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql);
        await using var registry = new RegistryUnderTest(database.ConnectionString);

        for (var i = 0; i < 200; i++)
        {
            (await registry.BeatAsync("w")).Should().BeNull();
        }

        (await database.QueryAsync<long>($"select count(*) from pg_stat_activity where datname = '{database.Name}' and application_name = 'cliply-worker'")).Should().Be(1);
        (await database.QueryAsync<long>("select count(*) from cliply_workers")).Should().Be(1);
    }

    [Fact]
    public async Task BeatAsync_RowsOfDeadWorkers_GoAfterTheRetentionAndNotBefore()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql + """
            insert into cliply_workers (id, host, pid, beat_at) values
              ('here-expired', 'host-a', 1, now() - interval '61 minutes'), ('elsewhere-expired', 'host-b', 1, now() - interval '2 days'),
              ('here-stale', 'host-a', 1, now() - interval '59 minutes'), ('own', 'host-a', 1, now() - interval '3 hours');
            """);
        await using var registry = new RegistryUnderTest(database.ConnectionString);

        (await registry.BeatAsync("own")).Should().BeNull();

        (await database.QueryAsync<string>("select string_agg(id, ' ' order by id) from cliply_workers")).Should().Be("here-stale own");
    }

    [Fact]
    public async Task BeatAsync_ExpiredRowIsLockedByAnother_DoesNotWaitForIt()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql + "insert into cliply_workers (id, host, pid, beat_at) values ('expired', 'h', 1, now() - interval '2 hours');");
        await using var registry = new RegistryUnderTest(database.ConnectionString);
        await using var other = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await using (var command = new NpgsqlCommand("select 1 from cliply_workers for update", other, transaction))
        {
            await command.ExecuteNonQueryAsync(Cancellation);
        }

        (await registry.BeatAsync("w")).Should().BeNull();

        await transaction.RollbackAsync(Cancellation);
        (await database.QueryAsync<long>("select count(*) from cliply_workers")).Should().Be(2);
    }

    [Theory]
    [InlineData("w'; drop table cliply_workers; --")]
    [InlineData("$1\\\"{}\u202e😀")]
    public async Task BeatAsync_HostileIdHostAndKind_AreData(string hostile)
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql);
        await using var registry = new RegistryUnderTest(database.ConnectionString);

        (await registry.BeatAsync(hostile, host: hostile, kinds: [hostile], version: hostile)).Should().BeNull();
        (await database.QueryAsync<string>("select id || host || version || kinds[1] from cliply_workers")).Should().Be(hostile + hostile + hostile + hostile);

        (await registry.RemoveAsync(hostile)).Should().BeNull();
        (await database.QueryAsync<long>("select count(*) from cliply_workers")).Should().Be(0);
    }

    [Fact]
    public async Task BeatAsync_OtherNames_AreQuoted()
    {
        var database = await TestDatabase.CreateAsync(server, "create schema \"my \"\"schema\";" + WorkerHeartbeatSchema.PostgreSqlFor("my \"schema", "w; drop table jobs"));
        await using var registry = new RegistryUnderTest(database.ConnectionString, o =>
        {
            o.JobStore.Schema = "my \"schema";
            o.JobStore.WorkersTable = "w; drop table jobs";
        });

        (await registry.BeatAsync("w")).Should().BeNull();

        (await database.QueryAsync<long>("select count(*) from \"my \"\"schema\".\"w; drop table jobs\"")).Should().Be(1);
    }

    [Fact]
    public async Task Script_RunTwice_ChangesNothing()
    {
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql + "insert into cliply_workers (id, host, pid) values ('w', 'h', 1);");

        await database.ExecuteAsync(WorkerHeartbeatSchema.PostgreSql);

        (await database.QueryAsync<long>("select count(*) from cliply_workers")).Should().Be(1);
    }

    [Theory]
    [InlineData("", "the table public.cliply_workers is not there; run deploy/sql/cliply_workers.postgresql.sql, which is also WorkerHeartbeatSchema.PostgreSql, as the schema's owner", true)]
    [InlineData("create table cliply_workers (id text primary key, beat_at timestamptz)", "the table public.cliply_workers has other columns than deploy/sql/cliply_workers.postgresql.sql gives it", true)]
    public async Task BeatAsync_TableIsNotAsTheScriptMakesIt_SaysWhatToRun(string sql, string message, bool isLasting)
    {
        var database = await TestDatabase.CreateAsync(server, sql);
        await using var registry = new RegistryUnderTest(database.ConnectionString);

        (await registry.BeatAsync("w")).Should().Be(new WorkerRegistryFailure(message, isLasting));
    }

    [Fact]
    public async Task BeatAsync_NoConfiguration_SaysWhatToSet()
    {
        await using var registry = new RegistryUnderTest(null);

        (await registry.BeatAsync("w")).Should().Be(new WorkerRegistryFailure("no job store is configured. Set the option ConnectionString, ConnectionStrings:Cliply or DATABASE_URL, register an NpgsqlDataSource, or choose another store.", IsLasting: true));
    }

    [Fact]
    public async Task BeatAsync_NothingListens_IsTransient()
    {
        await using var registry = new RegistryUnderTest($"Host=127.0.0.1;Port={PostgresServer.FreePort()};Username=u;Password=canary-made-up-password");

        (await registry.BeatAsync("w")).Should().Be(new WorkerRegistryFailure("nothing listens at its address", IsLasting: false));
    }

    [Fact]
    public async Task BeatAsync_UnknownRole_IsLastingSoThatThePoolerLocksNobodyOut()
    {
        await using var registry = new RegistryUnderTest($"Host=127.0.0.1;Port={server.Port};Username=nobody_here;Database=postgres");

        (await registry.BeatAsync("w")).Should().Be(new WorkerRegistryFailure("the role is unknown, or may not connect from here", IsLasting: true));
    }

    [Fact]
    public async Task BeatAsync_RoleWithTheScriptsGrants_Writes()
    {
        await server.EnsureRoleAsync("worker_role");
        var database = await TestDatabase.CreateAsync(server, WorkerHeartbeatSchema.PostgreSql);
        await using var registry = new RegistryUnderTest($"Host=127.0.0.1;Port={server.Port};Username=worker_role;Database={database.Name}");
        const string Denied = "the role may not write to the table public.cliply_workers; grant it SELECT, INSERT, UPDATE and DELETE, and give it a policy where row-level security is on";

        (await registry.BeatAsync("w")).Should().Be(new WorkerRegistryFailure(Denied, IsLasting: true));
        await database.ExecuteAsync("grant select, insert, update, delete on cliply_workers to worker_role");
        (await registry.BeatAsync("w")).Should().Be(new WorkerRegistryFailure(Denied, IsLasting: true));
        await database.ExecuteAsync(ScriptGrants.For("worker_role"));

        (await registry.BeatAsync("w")).Should().BeNull();
        (await registry.RemoveAsync("w")).Should().BeNull();
        (await database.QueryAsync<long>("select count(*) from cliply_workers")).Should().Be(0);
    }

    private static Task<string> RowAsync(TestDatabase database) => database.QueryAsync<string>("""
        select concat_ws('|', id, host, pid::text, coalesce(version, ''), kinds::text, coalesce(running_jobs::text, ''),
          case when now() - beat_at between interval '0' and interval '30 seconds' then 'fresh' else 'earlier' end,
          case when now() - started_at between interval '0' and interval '30 seconds' then 'fresh' else 'earlier' end) from cliply_workers
        """);
}
