using System.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Cliply.Diagnostics.Tests.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>Hosts that share through a real PostgreSQL, directly and through a transaction pooler with a single connection.</summary>
[Collection(PostgresTests.Name)]
public sealed class SnapshotSharingTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, false)]
    [InlineData(5, false)]
    [InlineData(2, true)]
    [InlineData(5, true)]
    public async Task I_can_run_several_hosts_and_the_fleet_is_collected_once_per_interval(int count, bool throughPooler)
    {
        var database = await SharedTable.CreateAsync(server);
        await database.ExecuteAsync("insert into jobs (kind) values ('TRANSCRIBE'), ('TRANSCRIBE')");
        var hosts = Enumerable.Range(0, count).Select(i => new SharingHost(
            throughPooler ? database.BouncerConnectionString : database.ConnectionString, $"host-{i}")).ToList();

        for (var interval = 1; interval <= 4; interval++)
        {
            var readings = await Task.WhenAll(hosts.Select(h => h.DiagnoseAsync()));

            hosts.Sum(h => h.Fleet.Calls).Should().Be(interval);
            hosts.Should().OnlyContain(h => h.Own.Calls == interval, "what a host sees of itself it collects itself");
            readings.Should().OnlyContain(r => r.Snapshot.Queue.Value!.Runnable == 2 && r.Snapshot.Database.Value!.Status == DatabaseStatus.Ok && r.Snapshot.Database.Value.LatencyMilliseconds > 0);
            readings.Select(r => r.Snapshot.CapturedAt).Distinct().Should().ContainSingle();
            readings.Select(r => $"{r.Snapshot.Binaries.Value!.Single().Version} {r.Snapshot.Environment.Value!.MissingRecommended!.Single()}").Should().Equal(Enumerable.Range(0, count).Select(i => $"host-{i} host-{i}"));
            readings.Where(r => r.Age == TimeSpan.Zero).Should().ContainSingle().Which.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null));
            readings.Where(r => r.Age > TimeSpan.Zero).Should().HaveCount(count - 1).And.OnlyContain(r => string.Join(' ', r.Collectors.Select(c => $"{c.Name}{c.Failure}")) == "own shared");
            await database.NextIntervalAsync(hosts);
        }

        hosts.SelectMany(h => h.Told).Should().BeEmpty();
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task DiagnoseAsync_SharedThreeSecondsAgo_SaysItsAgeAndServesOnlyTheRest()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var one = new SharingHost(database.ConnectionString);
        await using var two = new SharingHost(database.ConnectionString);
        await one.DiagnoseAsync();
        await database.PassAsync(TimeSpan.FromSeconds(30));

        var taken = await two.DiagnoseAsync();
        two.Time.Skip(TimeSpan.FromSeconds(5));
        var served = await two.DiagnoseAsync();
        await database.PassAsync(TimeSpan.FromSeconds(30), two);
        var next = await two.DiagnoseAsync();

        taken.Age.Should().BeCloseTo(TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(5.1)).And.BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
        (taken.CollectedAt + taken.Age).Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(20));
        (served.Number, served.Age - taken.Age >= TimeSpan.FromSeconds(5)).Should().Be((1, true));
        (next.Number, next.Age).Should().Be((2, TimeSpan.Zero), "a minute is over since it was collected, though not since it was taken");
    }

    [Fact]
    public async Task DiagnoseAsync_WhileTheLeaderCollects_HoldsNoLockAndNoTransaction()
    {
        var database = await SharedTable.CreateAsync(server);
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var leader = new SharingHost(database.ConnectionString, fleet: async _ =>
        {
            started.SetResult();
            await release.Task;
            return ScriptedCollector.HealthyStore();
        });

        var leading = leader.DiagnoseAsync();
        await started.Task;
        var during = await LocksAsync(database);
        release.SetResult();
        await leading;

        during.Should().Be("0 0");
        (await LocksAsync(database)).Should().Be("0 0");
    }

    [Fact]
    public async Task DiagnoseAsync_AnotherHoldsTheLock_WaitsForItsResultAndNotForTheLock()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var one = new SharingHost(database.ConnectionString, configure: SharingHost.Deadlines(4, 6));
        await one.DiagnoseAsync();
        await database.NextIntervalAsync(one);
        await using var holder = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await holder.OpenAsync(Cancellation);
        var key = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("cliply_snapshot " + await database.QueryAsync<string>("select scope from cliply_snapshot"))));
        await using var hold = new NpgsqlCommand($"begin; select pg_advisory_xact_lock({key})", holder);
        await hold.ExecuteNonQueryAsync(Cancellation);

        var alone = await one.DiagnoseAsync();
        await holder.CloseAsync();
        await database.NextIntervalAsync(one);
        var leading = await one.DiagnoseAsync();

        alone.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "timeout"));
        leading.Collectors.Select(c => c.Name).Should().Equal("store", "own");
        one.Told.Should().Equal(
            "The fleet's snapshot is not shared: the host that collects for all has not finished in time. This host collects for itself, and tries again with the next reading",
            "The fleet's snapshot is shared again, after 1 readings without");
    }

    [Fact]
    public async Task DiagnoseAsync_LeaderHangs_OthersCollectThemselvesInTimeAndTheNextLeads()
    {
        var database = await SharedTable.CreateAsync(server);
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var hung = new SharingHost(database.ConnectionString, fleet: async _ =>
        {
            started.SetResult();
            await release.Task;
            return ScriptedCollector.HealthyStore();
        }, configure: SharingHost.Deadlines(6, 8));
        await using var other = new SharingHost(database.ConnectionString, "other", _ => Task.FromResult(ScriptedCollector.HealthyStore()), SharingHost.Deadlines(6, 8));
        var hanging = hung.DiagnoseAsync();
        await started.Task;

        var watch = Stopwatch.StartNew();
        var alone = await other.DiagnoseAsync();
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(8 + 2));
        (await hanging).Snapshot.Queue.Unavailable!.Code.Should().Be("timeout");
        release.SetResult();
        other.Time.Skip(TimeSpan.FromMinutes(1));
        var leading = await other.DiagnoseAsync();

        alone.Snapshot.Queue.IsKnown.Should().BeTrue();
        alone.Age.Should().Be(TimeSpan.Zero);
        alone.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "timeout"));
        leading.Collectors.Select(c => c.Name).Should().Equal("store", "own");
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot where evidence is not null")).Should().Be(1);
    }

    [Fact]
    public async Task DiagnoseAsync_LeaderComesBackAfterItsTime_DoesNotOverwriteTheNextOnes()
    {
        var database = await SharedTable.CreateAsync(server);
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var late = new SharingHost(
            database.ConnectionString,
            fleet: async _ =>
            {
                started.SetResult();
                await release.Task;
                return ScriptedCollector.HealthyStore(DateTimeOffset.UnixEpoch);
            });
        await using var next = new SharingHost(database.ConnectionString, "next", _ => Task.FromResult(ScriptedCollector.HealthyStore()));
        var coming = late.DiagnoseAsync();
        await started.Task;
        await database.ExecuteAsync("update cliply_snapshot set leased_until = now()");
        await next.DiagnoseAsync();
        var before = await database.QueryAsync<DateTime>("select collected_at from cliply_snapshot");

        release.SetResult();
        (await coming).Snapshot.Queue.IsKnown.Should().BeTrue();

        next.Fleet.Calls.Should().Be(1);
        (await database.QueryAsync<DateTime>("select collected_at from cliply_snapshot")).Should().Be(before);
        (await database.QueryAsync<bool>("select position('1970-01-01' in convert_from(evidence, 'UTF8')) = 0 from cliply_snapshot")).Should().BeTrue();
    }

    [Fact]
    public async Task DiagnoseAsync_LeadersConnectionIsKilled_EachCollectsForItselfAndTheNextIntervalIsShared()
    {
        var database = await SharedTable.CreateAsync(server);
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var isFirst = true;
        await using var leader = new SharingHost(database.ConnectionString, fleet: async _ =>
        {
            if (isFirst)
            {
                isFirst = false;
                started.SetResult();
                await release.Task;
            }

            return ScriptedCollector.HealthyStore();
        }, configure: SharingHost.Deadlines(4, 8));
        await using var other = new SharingHost(database.ConnectionString, "other", _ => Task.FromResult(ScriptedCollector.HealthyStore()), SharingHost.Deadlines(4, 8));
        var leading = leader.DiagnoseAsync();
        await started.Task;
        await database.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database.Name}' and application_name = 'cliply-diagnostics'");
        release.SetResult();

        var led = await leading;
        var alone = await other.DiagnoseAsync();
        await database.ExecuteAsync("update cliply_snapshot set leased_until = now()");
        leader.Time.Skip(TimeSpan.FromMinutes(1));
        other.Time.Skip(TimeSpan.FromMinutes(1));
        var next = await leader.DiagnoseAsync();
        var taken = await other.DiagnoseAsync();

        led.Snapshot.Queue.IsKnown.Should().BeTrue();
        led.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "shuttingDown"));
        alone.Snapshot.Queue.IsKnown.Should().BeTrue();
        next.Age.Should().Be(TimeSpan.Zero);
        taken.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("own", null), ("shared", null));
        leader.Told.Should().Equal(
            "The fleet's snapshot is not shared: the server is shutting down, starting up or recovering; this passes. This host collects for itself, and tries again with the next reading",
            "The fleet's snapshot is shared again, after 1 readings without");
        (await LocksAsync(database)).Should().Be("0 0");
    }

    [Fact]
    public async Task DiagnoseAsync_TwoHundredTimes_KeepsAFlatNumberOfConnections()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var one = new SharingHost(database.ConnectionString);
        await using var two = new SharingHost(database.ConnectionString);

        for (var i = 0; i < 100; i++)
        {
            (await one.DiagnoseAsync()).Snapshot.Queue.IsKnown.Should().BeTrue();
            (await two.DiagnoseAsync()).Snapshot.Queue.IsKnown.Should().BeTrue();
            await database.NextIntervalAsync(one, two);
        }

        (one.Fleet.Calls + two.Fleet.Calls).Should().Be(100);
        (await database.QueryAsync<long>($"select count(*) from pg_stat_activity where datname = '{database.Name}' and application_name = 'cliply-diagnostics'")).Should().Be(2, "each host has one");
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot")).Should().Be(1);
    }

    [Fact]
    public async Task DiagnoseAsync_ThroughPgBouncer_LeavesNoSessionStateEvenAfterAFailure()
    {
        var database = await SharedTable.CreateAsync(server);
        await using (var one = new SharingHost(database.BouncerConnectionString))
        {
            await one.DiagnoseAsync();
            await database.ExecuteAsync("drop table cliply_snapshot");
            one.Time.Skip(TimeSpan.FromMinutes(1));
            (await one.DiagnoseAsync()).Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "schemaMissing"));
        }

        // The pooler has one server connection, so that this client gets the very one that was used.
        await using var other = new NpgsqlConnection(database.BouncerConnectionString + ";Pooling=false;No Reset On Close=true");
        await other.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout') || ' ' || current_setting('jit')", other);
        (await command.ExecuteScalarAsync(Cancellation)).Should().Be("0 0 0 on");
        (await LocksAsync(database)).Should().Be("0 0");
    }

    [Fact]
    public async Task DiagnoseAsync_ServerHasCrashed_SharesAgain()
    {
        var database = await SharedTable.CreateAsync(server);
        await using (var before = new SharingHost(database.ConnectionString))
        {
            await before.DiagnoseAsync();
        }

        await server.StopAsync();
        await server.StartAsync();
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot")).Should().Be(0, "the table is unlogged");
        await using var one = new SharingHost(database.ConnectionString);
        await using var two = new SharingHost(database.ConnectionString);
        await one.DiagnoseAsync();
        await two.DiagnoseAsync();

        (one.Fleet.Calls, two.Fleet.Calls).Should().Be((1, 0));
    }

    [Fact]
    public async Task DiagnoseAsync_OtherTableThresholdOrGroup_IsNotShared()
    {
        var database = await SharedTable.CreateAsync(server);
        await database.ExecuteAsync("create table other (like jobs including all)");
        var hosts = new List<SharingHost>
        {
            new(database.ConnectionString),
            new(database.ConnectionString, configure: o => o.JobStore.Table = "other"),
            new(database.ConnectionString, configure: o => o.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(20)),
            new(database.ConnectionString, configure: o => o.JobStore.CountingCap = 5_000),
            new(database.ConnectionString, services: b => b.ShareSnapshots(o => o.Group = "eu")),
            new(database.ConnectionString, configure: o => o.Thresholds.BacklogJobs = 50),
        };

        foreach (var host in hosts)
        {
            (await host.DiagnoseAsync()).Snapshot.Queue.IsKnown.Should().BeTrue();
        }

        hosts.Select(h => h.Fleet.Calls).Should().Equal([1, 1, 1, 1, 1, 0], "a threshold that only judges is each host's own");
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot where scope like 'public.jobs %'")).Should().Be(4);
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot where scope like 'public.other %'")).Should().Be(1);
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task DiagnoseAsync_RowsThatNobodyUses_AreRemovedAfterADay()
    {
        var database = await SharedTable.CreateAsync(server);
        await database.ExecuteAsync("insert into cliply_snapshot (scope, leased_by, leased_until) values ('old', 'x', now() - interval '25 hours'), ('newer', 'x', now() - interval '23 hours')");
        await using var host = new SharingHost(database.ConnectionString);

        await host.DiagnoseAsync();

        (await database.QueryAsync<string>("select string_agg(split_part(scope, ' ', 1), ' ' order by scope) from cliply_snapshot")).Should().Be("newer public.jobs");
    }

    [Fact]
    public async Task DiagnoseAsync_SecretsAndLongNames_AreNotInTheRow()
    {
        var database = await SharedTable.CreateAsync(server);
        var name = new string('n', 100_000);
        await using var host = new SharingHost(database.ConnectionString, fleet: _ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 1, Items = [new WorkerItem { Id = "Password=CANARY-made-up" }, new WorkerItem { Id = name }] },
            SecondHand = new SecondHandEvidence { RestartsByInstance = new Dictionary<string, double> { ["token=CANARY-made-up"] = 2 } },
        }));

        await host.DiagnoseAsync();

        var text = await database.QueryAsync<string>("select convert_from(evidence, 'UTF8') from cliply_snapshot");
        text.Should().NotContainEquivalentOf("CANARY").And.Contain("secret:").And.NotContain(name[..300]);
    }

    [Fact]
    public async Task DiagnoseAsync_SecondHandIsShared_ServesOnlyWhereTheHostSeesNothingItself()
    {
        var database = await SharedTable.CreateAsync(server);
        Task<CollectedEvidence> Collect(CancellationToken token) => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            SecondHand = new SecondHandEvidence { Deployments = [new DeploymentEvidence { Platform = DeploymentPlatform.Kubernetes, Name = "second-hand" }] },
        });
        await using var one = new SharingHost(database.ConnectionString, "one", Collect);
        await using var two = new SharingHost(database.ConnectionString, "two", Collect);
        await one.DiagnoseAsync();

        var reading = await two.DiagnoseAsync();

        two.Fleet.Calls.Should().Be(0);
        reading.Snapshot.Deployments.Value!.Select(d => d.Name).Should().Equal("two");
    }

    [Fact]
    public async Task DiagnoseAsync_LeaderFails_NothingIsSharedAndOthersLookForThemselves()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var failing = new SharingHost(database.ConnectionString, fleet: _ => Task.FromResult(new JobStores.JobStoreFailure(DatabaseStatus.TooManyConnections, "the server has no connection left").ToEvidence()));
        await using var other = new SharingHost(database.ConnectionString, "other", _ => Task.FromResult(ScriptedCollector.HealthyStore()));

        var failed = await failing.DiagnoseAsync();
        var well = await other.DiagnoseAsync();

        failed.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.TooManyConnections);
        well.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        well.Collectors.Select(c => c.Name).Should().Equal("store", "own");
        failing.Told.Should().BeEmpty();
    }

    [Fact]
    public async Task DiagnoseAsync_TooMuchEvidence_IsNotSharedAndSaysSo()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString, fleet: _ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 1, Items = [.. Enumerable.Range(0, 10_000).Select(i => new WorkerItem { Id = $"{i}{new string('w', 190)}" })] },
        }));

        (await host.DiagnoseAsync()).Snapshot.Workers.Value!.Items.Should().HaveCount(10_000);

        host.Told.Should().Equal("The fleet's snapshot is not shared: what was collected is larger than the 1048576 bytes that are shared. This host collects for itself, and tries again with the next reading");
        (await database.QueryAsync<bool>("select evidence is null and leased_until <= now() from cliply_snapshot")).Should().BeTrue();
    }

    private static Task<string> LocksAsync(TestDatabase database) => database.QueryAsync<string>($"""
        select (select count(*) from pg_locks where locktype = 'advisory') || ' ' ||
               (select count(*) from pg_stat_activity where datname = '{database.Name}' and state like 'idle in transaction%')
        """);
}
