using System.Globalization;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Workers that announce themselves, those that only hold jobs, and both: nobody is counted twice or not at all.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresWorkersTableTests(PostgresServer server)
{
    private const string Tables = JobTables.Current + JobTables.Index;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CollectAsync_IdleWorkers_AreVisible()
    {
        var workers = await ReadAsync(Announced(("idle-1", 3, 0), ("idle-2", 8, null), ("silent", 700, 0)));

        workers.LivenessSource.Should().Be(LivenessSource.Registry);
        (workers.Active, workers.Stale).Should().Be((3L, 1L));
        workers.Items!.Select(w => (w.Id, w.RunningJobs)).Should().Equal(("silent", 0L), ("idle-2", 0L), ("idle-1", 0L));
        (workers.Items![2].LastHeartbeatAt - workers.Items[0].LastHeartbeatAt)!.Value.TotalSeconds.Should().BeApproximately(697, 0.1);
        workers.LastHeartbeatAt.Should().Be(workers.Items[2].LastHeartbeatAt);
    }

    [Fact]
    public async Task CollectAsync_TableThatNobodyEverWroteTo_SaysNothingOfTheWorkers()
    {
        var workers = await ReadAsync("");

        (workers.LivenessSource, workers.Active).Should().Be((LivenessSource.JobLocks, 0L));
    }

    [Fact]
    public async Task CollectAsync_AllHaveStoppedCleanly_NoneIsThere()
    {
        var workers = await ReadAsync(Announced(("w", 1, 0)) + "delete from cliply_workers;");

        (workers.LivenessSource, workers.Active, workers.Stale, workers.LastHeartbeatAt).Should().Be((LivenessSource.Registry, 0L, 0L, null));
        workers.Items.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_SomeAnnouncedSomeOnlyHoldJobs_CountsEachOnce()
    {
        var workers = await ReadAsync(Announced(("idle", 2, 0), ("busy", 2, 3), ("untold", 2, null)) + Running(("busy", 4), ("busy", 5), ("untold", 4), ("node", 6), ("node-stale", 900), (null, 1)));

        workers.LivenessSource.Should().Be(LivenessSource.Registry);
        (workers.Active, workers.Stale).Should().Be((5L, 1L));
        workers.Items!.OrderBy(w => w.Id, StringComparer.Ordinal).Select(w => (w.Id, w.RunningJobs)).Should().Equal(("busy", 3L), ("idle", 0L), ("node", 1L), ("node-stale", 1L), ("untold", 1L));
    }

    [Theory]
    [InlineData(6, LivenessSource.JobLocks, 0)]
    [InlineData(900, LivenessSource.Registry, 1)]
    public async Task CollectAsync_NoneAnnouncedButOneHoldsAJob_AFreshLockShowsThatTheTableDoesNotTellAll(int beatAge, LivenessSource source, int stale)
    {
        var workers = await ReadAsync(Announced(("w", 1, 0)) + "delete from cliply_workers;" + Running(("node", beatAge)));

        (workers.LivenessSource, workers.Active, workers.Stale).Should().Be((source, 1L, stale));
        workers.Items!.Select(w => w.Id).Should().Equal("node");
    }

    [Fact]
    public async Task CollectAsync_ProcessBeatsButItsJobsDoNot_IsStale()
    {
        var evidence = await CollectAsync(Announced(("hung", 1, 1), ("hung-untold", 1, null)) + Running(("hung", 900), ("hung-untold", 900)));

        var workers = evidence.Workers.Value!;
        (workers.Active, workers.Stale).Should().Be((2L, 2L));
        (evidence.CapturedAt - workers.LastHeartbeatAt)!.Value.TotalSeconds.Should().BeApproximately(900, 5);
        evidence.Queue.Value!.StaleRunning.Should().Be(2);
    }

    [Fact]
    public async Task CollectAsync_IdleWorkerWithALockLeftBehind_LivesByItsOwnBeat()
    {
        var evidence = await CollectAsync(Announced(("idle", 1, 0)) + Running(("idle", 900)));

        (evidence.Workers.Value!.Active, evidence.Workers.Value.Stale).Should().Be((1L, 0L));
        evidence.Queue.Value!.StaleRunning.Should().Be(1);
    }

    [Fact]
    public async Task CollectAsync_ItsJobsBeatButTheProcessCouldNot_Lives()
    {
        var workers = await ReadAsync(Announced(("w", 800, 1), ("w-idle-then", 800, 0)) + Running(("w", 2), ("w-idle-then", 2)));

        (workers.Active, workers.Stale).Should().Be((2L, 0L));
    }

    [Fact]
    public async Task CollectAsync_JobsHaveNoHeartbeat_TheNewestOfLockAndBeatCounts()
    {
        var workers = await ReadAsync(
            Announced(("long-job", 1, 1)) + "insert into jobs (kind, state, locked_by, locked_at) values ('TRANSCRIBE', 'running', 'long-job', now() - interval '1 hour'), ('TRANSCRIBE', 'running', 'node', now() - interval '1 hour');",
            JobTables.Current + "alter table jobs drop column heartbeat_at;");

        (workers.Active, workers.Stale).Should().Be((2L, 1L));
    }

    [Fact]
    public async Task CollectAsync_JobsTellNoTimeAtAll_StalenessIsKnownOnlyWhereAllAnnouncedThemselves()
    {
        const string Bare = "create table jobs (id int, state text, kind text, locked_by text);";

        (await ReadAsync(Announced(("w", 900, 1)) + "insert into jobs values (1, 'running', 'A', 'w');", Bare)).Stale.Should().Be(1);
        (await ReadAsync(Announced(("w", 900, 1)) + "insert into jobs values (1, 'running', 'A', 'node');", Bare)).Should().Match<WorkersEvidence>(w => w.Active == 2 && w.Stale == null);
    }

    [Fact]
    public async Task CollectAsync_DeadWorkers_AreStaleUntilTheRetentionAndThenNone()
    {
        var workers = await ReadAsync(Announced(("gone", 3601, 0), ("stale", 3500, 0)));

        (workers.Active, workers.Stale).Should().Be((1L, 1L));
        workers.Items!.Select(w => w.Id).Should().Equal("stale");
    }

    [Fact]
    public async Task CollectAsync_RetentionIsAnOption_IsHeeded()
    {
        var workers = await ReadAsync(Announced(("stale", 5000, 0)), configure: o => o.JobStore.WorkersRetainedFor = TimeSpan.FromHours(2));

        (workers.Active, workers.Stale).Should().Be((1L, 1L));
    }

    [Fact]
    public async Task CollectAsync_MoreWorkersThanTheCap_CountingStops()
    {
        var evidence = await CollectAsync("insert into cliply_workers (id, host, pid) select 'w' || i, 'h', i from generate_series(1, 500) i;", configure: o => o.JobStore.CountingCap = 200);

        evidence.Workers.Value!.Active.Should().Be(201);
        evidence.Workers.Value.Items.Should().HaveCount(100);
    }

    [Fact]
    public async Task CollectAsync_HostileIds_AreData()
    {
        var workers = await ReadAsync(Announced(("[red]';drop table jobs--", 1, 0)) + Running(("[red]';drop table jobs--", 1)));

        workers.Items!.Select(w => w.Id).Should().Equal("[red]';drop table jobs--");
    }

    [Fact]
    public async Task CollectAsync_OtherNames_AreQuoted()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSqlFor("public", "my \"workers") + "insert into \"my \"\"workers\" (id, host, pid) values ('w', 'h', 1);");

        (await database.CollectAsync(o => o.JobStore.WorkersTable = "my \"workers")).Workers.Value!.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 1);
    }

    [Fact]
    public async Task CollectAsync_TableCreatedWhileRunning_IsFoundWithinAMinute()
    {
        var database = await TestDatabase.CreateAsync(server, Tables);
        var time = new FakeTimeProvider();
        await using var collector = new CollectorUnderTest(database.ConnectionString, time: time);
        (await collector.CollectAsync(Cancellation)).Workers.Value!.LivenessSource.Should().Be(LivenessSource.JobLocks);
        await database.ExecuteAsync(WorkerHeartbeatSchema.PostgreSql + Announced(("w", 1, 0)));

        time.Advance(TimeSpan.FromSeconds(59));
        (await collector.CollectAsync(Cancellation)).Workers.Value!.LivenessSource.Should().Be(LivenessSource.JobLocks);
        time.Advance(TimeSpan.FromSeconds(1));
        (await collector.CollectAsync(Cancellation)).Workers.Value!.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 1);
    }

    [Theory]
    [InlineData("drop table cliply_workers")]
    [InlineData("alter table cliply_workers rename column beat_at to beat")]
    [InlineData("revoke select on cliply_workers from monitoring_role")]
    public async Task CollectAsync_TableGoneWhileRunning_IsNoErrorOfTheJobStore(string sql)
    {
        await server.EnsureRoleAsync("monitoring_role");
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql + Announced(("w", 1, 0)) + "grant select on jobs to monitoring_role;" + ScriptGrants.For("monitoring_role"));
        await using var collector = new CollectorUnderTest(ConnectionStringOf("monitoring_role", database));
        (await collector.CollectAsync(Cancellation)).Workers.Value!.LivenessSource.Should().Be(LivenessSource.Registry);
        await database.ExecuteAsync(sql);

        var evidence = await collector.CollectAsync(Cancellation);

        evidence.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        evidence.Workers.Value!.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.JobLocks && w.Active == 0);
        evidence.Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_RoleWithTheScriptsGrantsOnly_ReadsTheTable()
    {
        await server.EnsureRoleAsync("monitoring_role");
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql + Announced(("w", 1, 0)) + "grant select on jobs to monitoring_role;" + ScriptGrants.For("monitoring_role"));

        var evidence = await TestDatabase.CollectOnceAsync(ConnectionStringOf("monitoring_role", database));

        evidence.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 1);
    }

    [Theory]
    [InlineData("", "the role may not read the table public.cliply_workers; grant it SELECT")]
    [InlineData("grant select (id, beat_at) on cliply_workers to monitoring_role;", "the role may not read the table public.cliply_workers; grant it SELECT")]
    [InlineData("grant select on cliply_workers to monitoring_role;", "row-level security may hide rows of the table public.cliply_workers from the role; give it a policy for select using (true), or BYPASSRLS")]
    [InlineData("grant select on cliply_workers to monitoring_role; create policy p on cliply_workers for select to monitoring_role using (host = 'x');", "row-level security may hide rows of the table public.cliply_workers from the role; give it a policy for select using (true), or BYPASSRLS")]
    [InlineData("grant select on cliply_workers to monitoring_role; create policy p on cliply_workers for select to postgres using (true);", "row-level security may hide rows of the table public.cliply_workers from the role; give it a policy for select using (true), or BYPASSRLS")]
    [InlineData("grant select on cliply_workers to monitoring_role; create policy p on cliply_workers using (true); create policy q on cliply_workers as restrictive using (host = 'x');", "row-level security may hide rows of the table public.cliply_workers from the role; give it a policy for select using (true), or BYPASSRLS")]
    [InlineData("alter table cliply_workers rename column running_jobs to jobs;", "the table public.cliply_workers has other columns than deploy/sql/cliply_workers.postgresql.sql gives it")]
    public async Task CollectAsync_TableCannotBeReadInFull_FallsBackToLocksAndSaysWhyAtDebugLevel(string grants, string reason)
    {
        await server.EnsureRoleAsync("monitoring_role");
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql + Announced(("w", 1, 0)) + Running(("node", 1)) + "grant select on jobs to monitoring_role;" + grants);
        var logger = new FakeLogger<PostgresJobStoreCollector>();
        await using var collector = new CollectorUnderTest(ConnectionStringOf("monitoring_role", database), logger: logger);

        var evidence = await collector.CollectAsync(Cancellation);

        evidence.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        evidence.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.JobLocks && w.Active == 1);
        logger.Collector.GetSnapshot().Select(r => (r.Level, r.Message)).Should().Equal((LogLevel.Debug, $"The workers' table is left aside, and workers are counted by their job locks: {reason}"));
    }

    [Fact]
    public async Task CollectAsync_WithTheTable_StillTakesOneRoundTrip()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + JobTables.Events + WorkerHeartbeatSchema.PostgreSql + Announced(("w", 1, 0)));
        await using var proxy = new FlightCountingProxy(server.Port);
        await using var collector = new CollectorUnderTest($"Host=127.0.0.1;Port={proxy.Port};Username=postgres;Database={database.Name};SSL Mode=Disable");
        await collector.CollectAsync(Cancellation);
        var before = proxy.Flights;

        (await collector.CollectAsync(Cancellation)).Workers.Value!.LivenessSource.Should().Be(LivenessSource.Registry);

        (proxy.Flights - before).Should().Be(1);
    }

    [Fact]
    public async Task CollectAsync_ThroughPgBouncer_ReadsTheTable()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql + Announced(("w", 1, 0)));

        (await TestDatabase.CollectOnceAsync(database.BouncerConnectionString)).Workers.Value!.Active.Should().Be(1);
    }

    private static string Announced(params (string Id, int Age, int? Jobs)[] rows) => string.Concat(rows.Select(r =>
        $"insert into cliply_workers (id, host, pid, beat_at, running_jobs) values ({Sql.Literal(r.Id)}, 'h', 1, now() - interval '{r.Age} seconds', {r.Jobs?.ToString(CultureInfo.InvariantCulture) ?? "null"});"));

    private static string Running(params (string? Worker, int Age)[] rows) => string.Concat(rows.Select(r =>
        $"insert into jobs (kind, state, locked_by, locked_at, heartbeat_at) values ('TRANSCRIBE', 'running', {(r.Worker is null ? "null" : Sql.Literal(r.Worker))}, now() - interval '2 hours', now() - interval '{r.Age} seconds');"));

    private string ConnectionStringOf(string role, TestDatabase database) => $"Host=127.0.0.1;Port={server.Port};Username={role};Database={database.Name}";

    private async Task<WorkersEvidence> ReadAsync(string sql, string tables = Tables, Action<CliplyDiagnosticsOptions>? configure = null) => (await CollectAsync(sql, tables, configure)).Workers.Value!;

    private async Task<CollectedEvidence> CollectAsync(string sql, string tables = Tables, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var database = await TestDatabase.CreateAsync(server, tables + WorkerHeartbeatSchema.PostgreSql + sql);
        var evidence = await database.CollectAsync(configure);
        evidence.Workers.Unavailable.Should().BeNull();
        return evidence;
    }
}
