using System.Diagnostics;
using System.Globalization;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sqlite.Tests;

/// <summary>Workers that announce themselves in a real SQLite file.</summary>
public sealed class SqliteWorkerHeartbeatTests : IDisposable
{
    private const string Table = "create table jobs (id integer primary key, kind text not null, state text not null, run_at text, locked_at text, locked_by text, heartbeat_at text);";

    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-sqlite-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "jobs.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task I_can_see_that_idle_workers_do_not_claim_and_that_none_is_left_once_they_have_stopped()
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite + "insert into jobs (kind, state, run_at) values ('TRANSCRIBE', 'queued', datetime('now', '-20 minutes'));");
        using var one = Worker("one");
        using var two = Worker("two");
        await one.StartAsync(Cancellation);
        await two.StartAsync(Cancellation);
        await ListedAsync("one two");

        var idle = await DiagnoseAsync();
        await one.StopAsync(Cancellation);
        await two.StopAsync(Cancellation);
        List().Should().BeEmpty();
        var stopped = await DiagnoseAsync();

        idle.Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 2 && w.Stale == 0);
        idle.Report.Diagnoses.Select(d => d.Code).Should().Contain("workers-not-claiming").And.NotContain("no-workers-running");
        stopped.Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 0);
        stopped.Report.Diagnoses.Select(d => d.Code).Should().Contain("no-workers-running").And.NotContain("workers-not-claiming");
    }

    [Fact]
    public async Task Host_KilledInstead_LeavesItsRowWhichBecomesStale()
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite);
        var worker = Worker("w");
        await worker.StartAsync(Cancellation);
        await ListedAsync("w");

        worker.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        Execute("update cliply_workers set beat_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-11 minutes')");

        List().Should().Be("w");
        (await DiagnoseAsync()).Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.Active == 1 && w.Stale == 1);
    }

    [Fact]
    public async Task BeatAsync_FirstAndLater_KeepsOneRow()
    {
        Execute(WorkerHeartbeatSchema.Sqlite);
        var registry = Registry();

        (await registry.BeatAsync(Beat("host-a:12:1700000000000"), Cancellation)).Should().BeNull();
        (await registry.BeatAsync(Beat("host-a:12:1700000000000", 2, "CLIP_RENDER", "quote\"'"), Cancellation)).Should().BeNull();

        Scalar("select group_concat(id || '|' || host || '|' || pid || '|' || coalesce(version, '') || '|' || running_jobs || '|' || (kinds ->> 0) || '|' || (kinds ->> 1) || '|' || (unixepoch('now') - unixepoch(beat_at) between 0 and 60)) from cliply_workers")
            .Should().Be("host-a:12:1700000000000|host-a|12||2|CLIP_RENDER|quote\"'|1");
    }

    [Fact]
    public async Task BeatAsync_RowsOfDeadWorkers_GoAfterTheRetentionAndNotBefore()
    {
        Execute(WorkerHeartbeatSchema.Sqlite + """
            insert into cliply_workers (id, host, pid, beat_at, started_at) values
              ('expired', 'h', 1, datetime('now', '-61 minutes'), ''), ('stale', 'h', 1, datetime('now', '-59 minutes'), ''), ('own', 'h', 1, datetime('now', '-3 hours'), '');
            """);

        (await Registry().BeatAsync(Beat("own"), Cancellation)).Should().BeNull();

        List().Should().Be("own stale");
    }

    [Theory]
    [InlineData("w'; drop table cliply_workers; --")]
    [InlineData("$id\\\"{}\u202e😀")]
    public async Task BeatAsync_HostileId_IsData(string hostile)
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite);
        var registry = Registry();

        (await registry.BeatAsync(Beat(hostile, 1, hostile), Cancellation)).Should().BeNull();
        List().Should().Be(hostile);
        (await DiagnoseAsync()).Snapshot.Workers.Value!.Items!.Select(w => w.Id).Should().Equal(hostile);
        (await registry.RemoveAsync(hostile, Cancellation)).Should().BeNull();

        List().Should().BeEmpty();
    }

    [Theory]
    [InlineData(null, "the database file can't be opened: it is not there, or may not be read", true)]
    [InlineData("create table other (id)", "the table cliply_workers is not there; run deploy/sql/cliply_workers.sqlite.sql, which is also WorkerHeartbeatSchema.Sqlite", true)]
    [InlineData("create table cliply_workers (id text unique)", "the table cliply_workers has other columns than deploy/sql/cliply_workers.sqlite.sql gives it", true)]
    public async Task BeatAsync_TableIsNotAsTheScriptMakesIt_SaysWhatToRun(string? sql, string message, bool isLasting)
    {
        if (sql is not null)
        {
            Execute(sql);
        }

        (await Registry().BeatAsync(Beat("w"), Cancellation)).Should().Be(new WorkerRegistryFailure(message, isLasting));
        System.IO.File.Exists(File).Should().Be(sql is not null, "nothing creates the file on its own");
    }

    [Fact]
    public async Task BeatAsync_FileLocked_IsTransientAndLeavesNoTransactionBehind()
    {
        Execute(WorkerHeartbeatSchema.Sqlite);
        var registry = Registry();
        using (var other = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "begin exclusive";
            command.ExecuteNonQuery();
            (await registry.BeatAsync(Beat("w"), Cancellation)).Should().Be(new WorkerRegistryFailure("the database file is locked", IsLasting: false));
        }

        (await registry.BeatAsync(Beat("w"), Cancellation)).Should().BeNull();
        List().Should().Be("w");
    }

    [Fact]
    public async Task BeatAsync_OtherName_IsQuoted()
    {
        Execute(Table + WorkerHeartbeatSchema.SqliteFor("my \"workers"));

        (await Registry(o => o.JobStore.WorkersTable = "my \"workers").BeatAsync(Beat("w"), Cancellation)).Should().BeNull();

        (await DiagnoseAsync(o => o.JobStore.WorkersTable = "my \"workers")).Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 1);
    }

    [Fact]
    public async Task DiagnoseAsync_TableThatNobodyEverWroteTo_SaysNothingOfTheWorkers()
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite);

        (await DiagnoseAsync()).Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.JobLocks && w.Active == 0);
    }

    [Fact]
    public async Task DiagnoseAsync_SomeAnnouncedSomeOnlyHoldJobs_CountsEachOnce()
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite + Announced(("idle", 2, 0), ("busy", 2, 3), ("untold", 2, null), ("hung", 2, 1), ("idle-with-a-lock", 2, 0), ("silent", 700, 0), ("gone", 3700, 0))
            + Running(("busy", 4), ("busy", 5), ("untold", 4), ("hung", 900), ("idle-with-a-lock", 900), ("node", 6)));

        var snapshot = (await DiagnoseAsync()).Snapshot;

        var workers = snapshot.Workers.Value!;
        workers.LivenessSource.Should().Be(LivenessSource.Registry);
        (workers.Active, workers.Stale).Should().Be((7L, 2L));
        workers.Items!.Take(2).Select(w => w.Id).Should().Equal("hung", "silent");
        workers.Items!.OrderBy(w => w.Id, StringComparer.Ordinal).Select(w => (w.Id, w.RunningJobs)).Should().Equal(("busy", 3L), ("hung", 1L), ("idle", 0L), ("idle-with-a-lock", 0L), ("node", 1L), ("silent", 0L), ("untold", 1L));
        snapshot.Queue.Value!.StaleRunning.Should().Be(2);
    }

    [Theory]
    [InlineData(6, LivenessSource.JobLocks, 0)]
    [InlineData(900, LivenessSource.Registry, 1)]
    public async Task DiagnoseAsync_NoneAnnouncedButOneHoldsAJob_AFreshLockShowsThatTheTableDoesNotTellAll(int beatAge, LivenessSource source, int stale)
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite + Announced(("w", 1, 0)) + "delete from cliply_workers;" + Running(("node", beatAge)));

        (await DiagnoseAsync()).Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == source && w.Active == 1 && w.Stale == stale);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddCliplySqliteJobStore_BeforeOrAfter_ThePlaceOfTheHeartbeatIsTheFile(bool first)
    {
        Execute(Table + WorkerHeartbeatSchema.Sqlite);
        var services = new ServiceCollection();
        if (first)
        {
            services.AddCliplySqliteJobStore($"Data Source={File}");
        }

        services.AddCliplyWorkerHeartbeat();
        if (!first)
        {
            services.AddCliplySqliteJobStore($"Data Source={File}");
        }

        await using var provider = services.BuildServiceProvider();

        provider.GetServices<IWorkerRegistry>().Should().ContainSingle().Which.Should().BeOfType<SqliteWorkerRegistry>();
    }

    private static WorkerBeat Beat(string id, int runningJobs = 0, params string[] kinds) => new() { Id = id, Host = "host-a", ProcessId = 12, RunningJobs = runningJobs, Kinds = kinds };

    private static string Announced(params (string Id, int Age, int? Jobs)[] rows) => string.Concat(rows.Select(r =>
        $"insert into cliply_workers (id, host, pid, beat_at, started_at, running_jobs) values ('{r.Id}', 'h', 1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{r.Age} seconds'), '', {r.Jobs?.ToString(CultureInfo.InvariantCulture) ?? "null"});"));

    private static string Running(params (string Worker, int Age)[] rows) => string.Concat(rows.Select(r =>
        $"insert into jobs (kind, state, locked_by, locked_at, heartbeat_at) values ('TRANSCRIBE', 'running', '{r.Worker}', datetime('now', '-2 hours'), datetime('now', '-{r.Age} seconds'));"));

    private SqliteWorkerRegistry Registry(Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var options = new CliplyDiagnosticsOptions();
        configure?.Invoke(options);
        return new SqliteWorkerRegistry($"Data Source={File};Pooling=False;Mode=ReadWrite;Default Timeout=1", Options.Create(options));
    }

    private IHost Worker(string id)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddCliplySqliteJobStore($"Data Source={File}");
        builder.Services.AddCliplyWorkerHeartbeat(o =>
        {
            o.WorkerId = id;
            o.Interval = TimeSpan.FromMilliseconds(500);
        });
        return builder.Build();
    }

    private async Task<FleetReading> DiagnoseAsync(Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddCliplyDiagnostics(o =>
        {
            (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));
            configure?.Invoke(o);
        });
        services.AddCliplySqliteJobStore($"Data Source={File}");
        await using var provider = services.BuildServiceProvider();
        var reading = await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(Cancellation);
        reading.Snapshot.Workers.Unavailable.Should().BeNull();
        return reading;
    }

    private async Task ListedAsync(string ids)
    {
        var watch = Stopwatch.StartNew();
        while (List() != ids)
        {
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60), "the workers {0} are waited for", ids);
            await Task.Delay(50, Cancellation);
        }
    }

    private string List() => (string)Scalar("select coalesce(group_concat(id, ' '), '') from (select id from cliply_workers order by id)")!;

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
