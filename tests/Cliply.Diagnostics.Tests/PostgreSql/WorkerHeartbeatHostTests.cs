using System.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Tests.Fakes;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Real hosts that announce themselves, and what is then diagnosed.</summary>
[Collection(PostgresTests.Name)]
public sealed class WorkerHeartbeatHostTests(PostgresServer server)
{
    private const string Tables = JobTables.Current + JobTables.Index;
    private const string Backlog = "insert into jobs (kind, run_at) select 'TRANSCRIBE', now() - interval '20 minutes' from generate_series(1, 5);";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_see_that_idle_workers_do_not_claim_and_that_none_is_left_once_they_have_stopped()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql + Backlog);
        using var one = Worker(database, "one");
        using var two = Worker(database, "two");
        await one.StartAsync(Cancellation);
        await two.StartAsync(Cancellation);
        await ListedAsync(database, "one two");

        var idle = await DiagnoseAsync(database);
        await one.StopAsync(Cancellation);
        await two.StopAsync(Cancellation);
        (await ListAsync(database)).Should().BeEmpty();
        var stopped = await DiagnoseAsync(database);

        idle.Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 2 && w.Stale == 0);
        var notClaiming = idle.Report.Diagnoses.Should().ContainSingle(d => d.Code == "workers-not-claiming").Which;
        notClaiming.Summary.Should().StartWith("2 workers are free while 5 jobs wait, the oldest for 20 min");
        idle.Report.Diagnoses.Should().NotContain(d => d.Code == "no-workers-running");
        stopped.Report.Diagnoses.Should().ContainSingle(d => d.Code == "no-workers-running").Which.Should().Match<Diagnosis>(d => d.Severity == Severity.Critical && d.Confidence == Confidence.Confirmed);
        stopped.Report.Diagnoses.Should().NotContain(d => d.Code == "workers-not-claiming");
    }

    [Fact]
    public async Task I_can_tell_a_quiet_night_with_idle_workers_from_one_without_any()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        using var worker = Worker(database, "w");
        await worker.StartAsync(Cancellation);
        await ListedAsync(database, "w");

        var quiet = await DiagnoseAsync(database);
        await worker.StopAsync(Cancellation);
        var empty = await DiagnoseAsync(database);

        quiet.Report.Diagnoses.Should().NotContain(d => d.Scenario >= 1 && d.Scenario <= 4);
        quiet.Report.Unknowns.Should().NotContain(u => u.Section == "workers");
        empty.Report.Diagnoses.Should().Contain(d => d.Code == "no-workers-running");
    }

    [Fact]
    public async Task I_can_see_a_hung_job_loop_although_its_process_still_beats()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        using var worker = Worker(database, "hung");
        await worker.StartAsync(Cancellation);
        using var job = worker.Services.GetRequiredService<IWorkerActivity>().Begin("TRANSCRIBE");
        await database.ExecuteAsync("insert into jobs (kind, state, locked_by, locked_at, heartbeat_at) values ('TRANSCRIBE', 'running', 'hung', now() - interval '1 hour', now() - interval '45 minutes');");
        await Eventually.HoldsAsync(async () => await database.QueryAsync<long>("select count(*) from cliply_workers where running_jobs = 1 and kinds = '{TRANSCRIBE}'") == 1, "the job to be announced");

        var reading = await DiagnoseAsync(database);

        reading.Report.Diagnoses.Should().ContainSingle(d => d.Code == "workers-stuck").Which.Severity.Should().Be(Severity.Critical);
        await worker.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Process_KilledOrTerminated_LeavesItsRowOnlyWhenKilled(bool isKilled)
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        using var worker = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "WorkerProcess.dll"), database.ConnectionString, "child"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await ListedAsync(database, "child");
            (await database.QueryAsync<int>("select pid from cliply_workers")).Should().Be(worker.Id);
            if (isKilled)
            {
                worker.Kill();
            }
            else
            {
                using var terminate = Process.Start("kill", ["-TERM", $"{worker.Id}"]);
                await terminate.WaitForExitAsync(Cancellation);
            }

            await worker.WaitForExitAsync(Cancellation);
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill();
            }
        }

        (await ListAsync(database)).Should().Be(isKilled ? "child" : "");
        if (isKilled)
        {
            await database.ExecuteAsync("update cliply_workers set beat_at = beat_at - interval '11 minutes'");
            var reading = await DiagnoseAsync(database);
            reading.Snapshot.Workers.Value.Should().Match<WorkersEvidence>(w => w.LivenessSource == LivenessSource.Registry && w.Active == 1 && w.Stale == 1);
            reading.Report.Diagnoses.Should().ContainSingle(d => d.Code == "workers-stuck").Which.Severity.Should().Be(Severity.Critical);
        }
    }

    [Fact]
    public async Task Host_TableMissing_LogsOnceAndWorksOn()
    {
        var database = await TestDatabase.CreateAsync(server, Tables);
        using var worker = Worker(database, "w");
        await worker.StartAsync(Cancellation);
        var log = worker.Services.GetRequiredService<FakeLogCollector>();
        await Eventually.HoldsAsync(() => Lines(log).Count > 0, "the log line");
        await Task.Delay(TimeSpan.FromSeconds(2), Cancellation);

        await worker.StopAsync(Cancellation);

        Lines(log).Should().Equal((LogLevel.Warning, "The worker's heartbeat can't be written: the table public.cliply_workers is not there; run deploy/sql/cliply_workers.postgresql.sql, which is also WorkerHeartbeatSchema.PostgreSql, as the schema's owner. The worker goes on, and tries again every 00:01:00"));
        (await database.QueryAsync<long>("select count(*) from pg_class where relname = 'cliply_workers'")).Should().Be(0, "nothing creates the table on its own");
    }

    [Fact]
    public async Task Host_DatabaseDownAtStart_AnnouncesItselfOnceItIsUp()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        using var worker = Worker(database, "w");
        var log = worker.Services.GetRequiredService<FakeLogCollector>();
        await server.StopAsync();
        try
        {
            await worker.StartAsync(Cancellation);
            await Eventually.HoldsAsync(() => Lines(log).Count > 0, "the log line");
        }
        finally
        {
            await server.StartAsync();
        }

        await ListedAsync(database, "w");
        await Eventually.HoldsAsync(() => Lines(log).Count > 1, "the recovery's log line");
        await worker.StopAsync(Cancellation);

        Lines(log)[0].Should().Be((LogLevel.Warning, "The worker's heartbeat is not written: nothing listens at its address. The worker goes on, and the next beat tries again"));
        Lines(log)[1].Level.Should().Be(LogLevel.Information);
        Lines(log).Should().HaveCount(2);
    }

    [Fact]
    public async Task Host_TableLocked_BeatsDoNotPileUpAndGoOnAfterwards()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        using var worker = Worker(database, "w");
        await worker.StartAsync(Cancellation);
        await ListedAsync(database, "w");
        var log = worker.Services.GetRequiredService<FakeLogCollector>();
        await using var other = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await using (var transaction = await other.BeginTransactionAsync(Cancellation))
        {
            await using var lockTable = new NpgsqlCommand("lock table cliply_workers in access exclusive mode", other, transaction);
            await lockTable.ExecuteNonQueryAsync(Cancellation);
            await Eventually.HoldsAsync(() => Lines(log).Count > 0, "the log line");
            for (var i = 0; i < 20; i++)
            {
                (await database.QueryAsync<long>($"select count(*) from pg_stat_activity where datname = '{database.Name}' and application_name = 'cliply-worker' and state = 'active'")).Should().BeLessThanOrEqualTo(1);
                await Task.Delay(100, Cancellation);
            }

            await transaction.RollbackAsync(Cancellation);
        }

        await Eventually.HoldsAsync(() => Lines(log).Count > 1, "the recovery's log line");
        await worker.StopAsync(Cancellation);

        (await ListAsync(database)).Should().BeEmpty();
        Lines(log).Select(l => l.Level).Should().Equal(LogLevel.Warning, LogLevel.Information);
    }

    [Fact]
    public async Task Host_AnotherServiceFailsToStart_IsNeverAnnounced()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        using var worker = Worker(database, "w", services => services.AddHostedService<FailingService>());

        await FluentActions.Awaiting(() => worker.StartAsync(Cancellation)).Should().ThrowAsync<InvalidOperationException>().WithMessage("made to fail");
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);

        (await ListAsync(database)).Should().BeEmpty();
    }

    [Fact]
    public async Task Host_StillFinishesAJobWhileStopping_StaysListedUntilThen()
    {
        var database = await TestDatabase.CreateAsync(server, Tables + WorkerHeartbeatSchema.PostgreSql);
        var draining = new DrainingService();
        using var worker = Worker(database, "w", services => services.AddSingleton<IHostedService>(draining));
        await worker.StartAsync(Cancellation);
        await ListedAsync(database, "w");

        var stopping = worker.StopAsync(Cancellation);
        await draining.Stopping.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await database.ExecuteAsync("update cliply_workers set beat_at = beat_at - interval '1 hour'");
        await Eventually.HoldsAsync(async () => await database.QueryAsync<long>("select count(*) from cliply_workers where beat_at > now() - interval '1 minute'") == 1, "a beat while stopping");
        draining.Finish();
        await stopping;

        (await ListAsync(database)).Should().BeEmpty();
    }

    private static IHost Worker(TestDatabase database, string id, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddFakeLogging();
        builder.Services.Configure<CliplyDiagnosticsOptions>(o => o.ConnectionString = database.ConnectionString);
        builder.Services.AddCliplyWorkerHeartbeat(o =>
        {
            o.WorkerId = id;
            o.Interval = TimeSpan.FromMilliseconds(500);
        });
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    private static async Task<FleetReading> DiagnoseAsync(TestDatabase database)
    {
        var services = new ServiceCollection();
        services.AddCliplyDiagnostics(o =>
        {
            o.ConnectionString = database.ConnectionString;
            (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));
        });
        await using var provider = services.BuildServiceProvider();
        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);
        reading.Snapshot.Workers.IsKnown.Should().BeTrue();
        return reading;
    }

    private static List<(LogLevel Level, string Message)> Lines(FakeLogCollector log) =>
        [.. log.GetSnapshot().Where(r => r.Category == typeof(WorkerHeartbeatService).FullName).Select(r => (r.Level, r.Message))];

    private static async Task<string> ListAsync(TestDatabase database) => await database.QueryAsync<string>("select coalesce(string_agg(id, ' ' order by id), '') from cliply_workers");

    private static Task ListedAsync(TestDatabase database, string ids) => Eventually.HoldsAsync(async () => await ListAsync(database) == ids, $"the workers {ids}");

    private sealed class FailingService : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("made to fail");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class DrainingService : IHostedService
    {
        private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stopping => _stopping.Task;

        public void Finish() => _finished.SetResult();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _stopping.SetResult();
            return _finished.Task;
        }
    }
}
