using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Sqlite.Tests;

/// <summary>The library on a real SQLite file.</summary>
public sealed class SqliteJobStoreTests : IDisposable
{
    private const string Table = """
        create table jobs (id integer primary key, kind text not null, state text not null, run_at text, locked_at text, locked_by text, heartbeat_at text,
          last_error text, created_at text default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), updated_at text default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')));
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-sqlite-").FullName;

    private string File => Path.Combine(_folder, "jobs.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DiagnoseAsync_Jobs_AreCounted()
    {
        Execute(Table + """
            insert into jobs (kind, state, run_at) values
              ('TRANSCRIBE', 'queued', strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-600 seconds')), ('TRANSCRIBE', 'pending', null),
              ('CLIP_RENDER', 'queued', strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 hour')), ('CLIP_RENDER', 'done', null);
            insert into jobs (kind, state, locked_by, locked_at, heartbeat_at) values
              ('TRANSCRIBE', 'running', 'w1', datetime('now', '-1 hour'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-3 seconds')),
              ('TRANSCRIBE', 'processing', 'w2', datetime('now', '-700 seconds'), null);
            insert into jobs (kind, state, last_error, updated_at) values
              ('CLIP_RENDER', 'failed', 'ffmpeg: command not found', datetime('now')), ('CLIP_RENDER', 'dead_letter', 'ffmpeg not found', datetime('now', '-2 hours')),
              ('PUBLISH_TIKTOK', 'dead_letter', null, datetime('now', '-10 minutes'));
            """);

        var snapshot = (await DiagnoseAsync()).Snapshot;

        snapshot.Queue.Value.Should().BeEquivalentTo(new QueueEvidence
        {
            Runnable = 2,
            Scheduled = 1,
            Running = 2,
            Failed = 1,
            DeadLetter = 2,
            OldestRunnableAgeSeconds = 600,
            StaleRunning = 1,
            DeadLetteredLastHour = 1,
            LowerBounds = [],
            Kinds =
            [
                new QueueKind { Kind = "CLIP_RENDER", Runnable = 0, Scheduled = 1, Running = 0, Failed = 1, DeadLetter = 1 },
                new QueueKind { Kind = "PUBLISH_TIKTOK", Runnable = 0, Scheduled = 0, Running = 0, Failed = 0, DeadLetter = 1 },
                new QueueKind { Kind = "TRANSCRIBE", Runnable = 2, Scheduled = 0, Running = 2, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 600 },
            ],
        }, o => o.Excluding(q => q.Errors));
        snapshot.Queue.Value!.Errors!.Select(e => (e.Pattern, e.Count)).Should().Equal(("ffmpeg-not-found", 2L), (null, 1L));
        snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.JobLocks && w.Active == 2 && w.Stale == 1);
        snapshot.Workers.Value!.Items!.Select(w => w.Id).Should().Equal("w2", "w1");
        snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
    }

    [Theory]
    [InlineData("unixepoch('now') - 120")]
    [InlineData("(unixepoch('now') - 120) * 1000")]
    [InlineData("unixepoch('now', 'subsec') - 120.0")]
    [InlineData("datetime('now', '-120 seconds')")]
    [InlineData("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-120 seconds')")]
    public async Task DiagnoseAsync_TimesInAnyForm_AreRead(string time)
    {
        Execute($"create table jobs (kind text, state text, run_at, locked_by text); insert into jobs values ('TRANSCRIBE', 'queued', {time}, null);");

        (await DiagnoseAsync()).Snapshot.Queue.Value!.OldestRunnableAgeSeconds.Should().BeInRange(120, 122);
    }

    [Theory]
    [InlineData(10, 10, false)]
    [InlineData(11, 10, true)]
    public async Task DiagnoseAsync_Cap_IsExactUpToItAndALowerBoundAbove(int jobs, int expected, bool isLowerBound)
    {
        Execute(Table + $"insert into jobs (kind, state) select 'TRANSCRIBE', 'queued' from generate_series(1, {jobs})".Replace($"generate_series(1, {jobs})", $"(with recursive n(i) as (select 1 union all select i + 1 from n where i < {jobs}) select i from n)", StringComparison.Ordinal));

        var queue = (await DiagnoseAsync(o =>
        {
            o.JobStore.CountingCap = 10;
            o.Thresholds.BacklogJobs = 5;
            o.Thresholds.DeadLetters = 5;
            o.Thresholds.DeadLettersCritical = 5;
        })).Snapshot.Queue.Value!;

        queue.Runnable.Should().Be(expected);
        queue.LowerBounds.Should().Equal(isLowerBound ? ["runnable"] : []);
    }

    [Fact]
    public async Task DiagnoseAsync_Events_GiveTheRates()
    {
        Execute(Table + """
            create table job_events (id integer primary key, stage text, created_at text);
            insert into job_events (stage, created_at) values ('claimed', datetime('now', '-6 minutes')), ('claimed', datetime('now')), ('claimed', datetime('now')), ('finished', datetime('now')), ('failed', datetime('now'));
            """);

        var queue = (await DiagnoseAsync()).Snapshot.Queue.Value!;

        (queue.ClaimedLast5Minutes, queue.CompletedLast5Minutes, queue.FailedLast5Minutes).Should().Be((2L, 1L, 1L));
    }

    [Theory]
    [InlineData(null, DatabaseStatus.Error, "the database file can't be opened: it is not there, or may not be read")]
    [InlineData("create table other (id)", DatabaseStatus.SchemaMissing, "the table jobs is not there")]
    [InlineData("create table jobs (kind text, locked_by text)", DatabaseStatus.SchemaMissing, "the table jobs has no column state or status")]
    public async Task DiagnoseAsync_StoreCannotBeRead_SaysWhy(string? sql, DatabaseStatus status, string message)
    {
        if (sql is not null)
        {
            Execute(sql);
        }

        var snapshot = (await DiagnoseAsync()).Snapshot;

        snapshot.Database.Value!.Status.Should().Be(status);
        snapshot.Queue.Unavailable!.Message.Should().Be(message);
        snapshot.Workers.Unavailable!.Message.Should().Be(message);
    }

    [Fact]
    public async Task DiagnoseAsync_NoDatabaseFile_SaysSo()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 4096), TestContext.Current.CancellationToken);

        (await DiagnoseAsync()).Snapshot.Queue.Unavailable.Should().Be(new SectionFailure("error", "the file is no SQLite database"));
    }

    [Fact]
    public async Task DiagnoseAsync_LockedForWriting_IsTimeout()
    {
        Execute(Table);
        using var writer = new SqliteConnection($"Data Source={File};Pooling=False");
        writer.Open();
        using var command = writer.CreateCommand();
        command.CommandText = "begin exclusive";
        command.ExecuteNonQuery();

        (await DiagnoseAsync(o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12)))).Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Timeout);
    }

    [Fact]
    public async Task DiagnoseAsync_CountTooSlow_IsInterruptedAndTheQueueIsUnknown()
    {
        Execute("""
            create table base (state text, kind text, locked_by text);
            insert into base values ('queued', 'TRANSCRIBE', null);
            create view jobs as with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) select state, kind, locked_by from base where (select count(*) from n) > 0;
            """);

        var reading = await DiagnoseAsync(o => o.CollectorDeadline = TimeSpan.FromSeconds(1));

        reading.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        reading.Snapshot.Queue.Unavailable.Should().Be(new SectionFailure("timeout", "reading the job table took too long"));
        reading.Snapshot.Workers.Unavailable!.Code.Should().Be("timeout");
        reading.Collectors.Single(c => c.Name == "sqlite").Failure.Should().Be("timeout");
    }

    [Fact]
    public async Task DiagnoseAsync_MoreEventsThanTheCap_RatesAreLowerBounds()
    {
        Execute(Table + """
            create table job_events (id integer primary key, stage text, created_at text);
            insert into job_events (stage, created_at) values ('claimed', datetime('now'));
            insert into job_events (stage, created_at) select 'progress', datetime('now') from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 11) select i from n);
            """);

        var queue = (await DiagnoseAsync(o => (o.JobStore.CountingCap, o.Thresholds.BacklogJobs, o.Thresholds.DeadLetters, o.Thresholds.DeadLettersCritical) = (10, 5, 5, 5))).Snapshot.Queue.Value!;

        queue.ClaimedLast5Minutes.Should().Be(0);
        queue.LowerBounds.Should().Equal("claimedLast5Minutes", "completedLast5Minutes", "failedLast5Minutes");
    }

    [Fact]
    public async Task DiagnoseAsync_HostileNamesMappedByOption_AreQuoted()
    {
        Execute("create table \"jobs\"\"; drop table jobs\" (\"st ate\" text, \"ki\"\"nd\" text, who text); insert into \"jobs\"\"; drop table jobs\" values ('queued', 'A', null);");

        var queue = (await DiagnoseAsync(o =>
        {
            o.JobStore.Table = "jobs\"; drop table jobs";
            o.JobStore.Columns.State = "st ate";
            o.JobStore.Columns.Kind = "ki\"nd";
            o.JobStore.Columns.LockedBy = "who";
        })).Snapshot.Queue.Value!;

        queue.Runnable.Should().Be(1);
    }

    [Theory]
    [InlineData("Data Sauce=canary", "The SQLite connection string can't be read. Use one such as Data Source=jobs.db. (Parameter 'connectionString')")]
    [InlineData("", "The SQLite connection string names no file. Use one such as Data Source=jobs.db. (Parameter 'connectionString')")]
    public void AddCliplySqliteJobStore_BadConnectionString_SaysWhatToUse(string connectionString, string message) =>
        FluentActions.Invoking(() => new ServiceCollection().AddCliplySqliteJobStore(connectionString)).Should().Throw<ArgumentException>().WithMessage(message);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddCliplySqliteJobStore_BeforeOrAfter_TakesPostgresPlace(bool first)
    {
        Execute(Table);
        var services = new ServiceCollection();
        if (first)
        {
            services.AddCliplySqliteJobStore($"Data Source={File}");
        }

        services.AddCliplyHealthChecks();
        if (!first)
        {
            services.AddCliplySqliteJobStore($"Data Source={File}");
        }

        await using var provider = services.BuildServiceProvider();

        provider.GetServices<IEvidenceCollector>().Select(c => c.Name).Should().BeEquivalentTo("sqlite", "binaries", "environment");
    }

    private async Task<FleetReading> DiagnoseAsync(Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddCliplyDiagnostics(configure);
        services.AddCliplySqliteJobStore($"Data Source={File}");
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);
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
