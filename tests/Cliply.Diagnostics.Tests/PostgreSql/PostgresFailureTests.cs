using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Every way in which a real server, or the way to it, can fail.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresFailureTests(PostgresServer server)
{
    private const string Canary = "canary-made-up-password";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CollectAsync_NothingListens_IsRefused() => Expect(
        await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={PostgresServer.FreePort()};Username=u;Password={Canary}"),
        DatabaseStatus.Refused, "refused", "nothing listens at its address", null);

    [Fact]
    public async Task CollectAsync_UnknownHost_IsHostNotFound() => Expect(
        await TestDatabase.CollectOnceAsync($"Host=no-such-host.invalid;Username=u;Password={Canary}"),
        DatabaseStatus.HostNotFound, "hostNotFound", "its host name can't be resolved; a host with only an IPv6 address needs the pooler's address in an IPv4 network", null);

    [Fact]
    public async Task CollectAsync_AcceptsThenSilent_IsTimeoutWithinTheBudget()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var watch = Stopwatch.StartNew();

        var evidence = await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=u;Password={Canary}", o => o.CollectorDeadline = TimeSpan.FromSeconds(1));

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(1.25));
        Expect(evidence, DatabaseStatus.Timeout, "timeout", "no answer in time", null);
    }

    [Fact]
    public async Task CollectAsync_SilentServerAskedAgain_OpensNoSecondConnectionBesideTheFirst()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var accepted = new List<TcpClient>();
        var mostOpen = 0;
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                accepted.Add(await silent.AcceptTcpClientAsync(Cancellation));

                // The collector's own ends: ours tell of a closed one only some time later.
                mostOpen = Math.Max(mostOpen, IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(c => c.RemoteEndPoint.Port == port && c.State == TcpState.Established));
            }
        }, Cancellation);
        await using var collector = new CollectorUnderTest($"Host=127.0.0.1;Port={port};Username=u", o => o.CollectorDeadline = TimeSpan.FromMilliseconds(400));

        for (var i = 0; i < 6; i++)
        {
            (await collector.CollectAsync(Cancellation)).Database.Value!.Status.Should().Be(DatabaseStatus.Timeout);
        }

        mostOpen.Should().Be(1);
        accepted.Count.Should().BeInRange(2, 6);
        serving.IsFaulted.Should().BeFalse();
        accepted.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task CollectAsync_WrongPassword_IsAuthenticationFailedAndBacksOff()
    {
        var database = await TestDatabase.CreateAsync(server, $"create role with_password login password 'another'; {JobTables.Current} grant select on jobs to with_password;");
        var time = new FakeTimeProvider();
        await using var collector = new CollectorUnderTest($"Host=127.0.0.1;Port={server.Port};Username=with_password;Password={Canary};Database={database.Name}", time: time);

        Expect(await collector.CollectAsync(Cancellation), DatabaseStatus.AuthenticationFailed, "authenticationFailed", "the password is wrong, or the role is unknown", "28P01");
        await database.ExecuteAsync($"alter role with_password password '{Canary}'");
        time.Advance(TimeSpan.FromSeconds(59));
        (await collector.CollectAsync(Cancellation)).Database.Value!.Status.Should().Be(DatabaseStatus.AuthenticationFailed);
        time.Advance(TimeSpan.FromSeconds(1));
        (await collector.CollectAsync(Cancellation)).Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
    }

    [Fact]
    public async Task CollectAsync_UnknownRole_IsAuthenticationFailed() => Expect(
        await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=nobody_here;Database=postgres"),
        DatabaseStatus.AuthenticationFailed, "authenticationFailed", "the role is unknown, or may not connect from here", "28000");

    [Fact]
    public async Task CollectAsync_UnknownDatabase_IsAuthenticationFailed() => Expect(
        await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=postgres;Database=no_such_database"),
        DatabaseStatus.AuthenticationFailed, "authenticationFailed", "the database is unknown", "3D000");

    [Fact]
    public async Task CollectAsync_TlsRequiredButOff_IsTlsFailed()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        Expect(await TestDatabase.CollectOnceAsync(database.ConnectionString + ";SSL Mode=Require"), DatabaseStatus.TlsFailed, "tlsFailed", "no encrypted connection could be agreed on; check the SSL mode and the server's certificate", null);
    }

    [Fact]
    public async Task CollectAsync_NoPrivilege_IsPermissionDenied()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "create role may_nothing login;");
        Expect(await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=may_nothing;Database={database.Name}"), DatabaseStatus.PermissionDenied, "permissionDenied", "the role may not read the job store; grant it SELECT", "42501");
    }

    [Fact]
    public async Task CollectAsync_OnlySelect_IsEnough()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Events + JobTables.Functions + "insert into jobs (kind) values ('TRANSCRIBE'); create role may_select login; grant select on jobs to may_select;");

        var evidence = await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=may_select;Database={database.Name}");

        evidence.Database.Value.Should().Match<DatabaseEvidence>(d => d.Status == DatabaseStatus.Ok && d.MissingFunctions!.Count == 0);
        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.Runnable == 1 && q.ClaimedLast5Minutes == null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("create policy own on jobs for select to hidden_from using (false);")]
    [InlineData("create policy others on jobs for select to postgres using (true);")]
    public async Task CollectAsync_RowLevelSecurityHidesEveryRow_IsPermissionDeniedNotEmpty(string policy)
    {
        await server.EnsureRoleAsync("hidden_from");
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "insert into jobs (kind, state) values ('TRANSCRIBE', 'done'); grant select on jobs to hidden_from; alter table jobs enable row level security;" + policy);

        var evidence = await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=hidden_from;Database={database.Name}");

        Expect(evidence, DatabaseStatus.PermissionDenied, "permissionDenied", "row-level security hides every job from this role; give it a policy for select, or BYPASSRLS", null);
    }

    [Fact]
    public async Task CollectAsync_RowLevelSecurityWithAPolicyThatShowsRows_IsRead()
    {
        await server.EnsureRoleAsync("shown_to");
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "insert into jobs (kind, state) values ('TRANSCRIBE', 'done'); grant select on jobs to shown_to; alter table jobs enable row level security; create policy p on jobs for select to shown_to using (true);");

        var evidence = await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=shown_to;Database={database.Name}");

        evidence.Queue.Value!.Runnable.Should().Be(0);
    }

    [Fact]
    public async Task CollectAsync_RowLevelSecurityShowsEverythingOfATableThatIsEmptyNow_IsAnEmptyQueue()
    {
        await server.EnsureRoleAsync("shown_to");
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "insert into jobs (kind, state) select 'TRANSCRIBE', 'done' from generate_series(1, 100); grant select on jobs to shown_to; alter table jobs enable row level security; create policy p on jobs for select to shown_to using (true); delete from jobs;");
        var shown = $"Host=127.0.0.1;Port={server.Port};Username=shown_to;Database={database.Name}";

        (await TestDatabase.CollectOnceAsync(shown)).Queue.Value!.Runnable.Should().Be(0);
        await database.ExecuteAsync("create policy none on jobs as restrictive for select to shown_to using (false)");
        (await TestDatabase.CollectOnceAsync(shown)).Database.Value!.Status.Should().Be(DatabaseStatus.PermissionDenied);
    }

    [Theory]
    [InlineData("create type phase as enum ('new', 'done'); create table jobs (id int, state phase, kind text, locked_by text)", "the column state of the table public.jobs has none of the states queued, pending, running, processing, failed, error, dead_letter; map another column by the option JobStore:Columns:State")]
    [InlineData("", "the table public.jobs is not there")]
    [InlineData("create table jobs (id int, kind text, locked_by text)", "the table public.jobs has no column state or status")]
    [InlineData("create table jobs (id int, state text, locked_by text)", "the table public.jobs has no column kind or type")]
    [InlineData("create table jobs (id int, state text, kind text)", "the table public.jobs has no column locked_by or worker_id")]
    public async Task CollectAsync_TableOrColumnMissing_IsSchemaMissingAndNamesIt(string sql, string message)
    {
        var database = await TestDatabase.CreateAsync(server, sql);
        Expect(await database.CollectAsync(), DatabaseStatus.SchemaMissing, "schemaMissing", message, null);
    }

    [Fact]
    public async Task CollectAsync_MappedColumnMissing_IsSchemaMissingAndNamesIt()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        Expect(await database.CollectAsync(o => o.JobStore.Columns.HeartbeatAt = "beat"), DatabaseStatus.SchemaMissing, "schemaMissing", "the table public.jobs has no column beat", null);
    }

    [Fact]
    public async Task CollectAsync_ColumnRenamedWhileRunning_IsSeenAtOnceAndRecovers()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var collector = new CollectorUnderTest(database.ConnectionString);
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();

        await database.ExecuteAsync("alter table jobs rename column heartbeat_at to last_heartbeat");
        Expect(await collector.CollectAsync(Cancellation), DatabaseStatus.SchemaMissing, "schemaMissing", "a column of the job table is not there", "42703");
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_NoConnectionLeftForTheRole_IsTooManyConnections()
    {
        await server.EnsureRoleAsync("one_only");
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "grant select on jobs to one_only; alter role one_only connection limit 0;");
        Expect(await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=one_only;Database={database.Name}"), DatabaseStatus.TooManyConnections, "tooManyConnections", "the server has no connection left", "53300");
    }

    [Fact]
    public async Task CollectAsync_Standby_IsReadOnly()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        var port = await server.StartStandbyAsync();
        try
        {
            Expect(await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={port};Username=postgres;Database={database.Name}"), DatabaseStatus.ReadOnly, "readOnly", "the database accepts no writes: a standby, or made read-only", null);
        }
        finally
        {
            await server.StopStandbyAsync(port);
        }
    }

    [Fact]
    public async Task CollectAsync_DatabaseMadeReadOnly_IsReadOnly()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await database.ExecuteAsync($"alter database {database.Name} set default_transaction_read_only = on");
        (await database.CollectAsync()).Database.Value!.Status.Should().Be(DatabaseStatus.ReadOnly);
    }

    [Fact]
    public async Task CollectAsync_RoleIsReadOnlyByItsOwnSetting_SaysNothingOfTheDatabase()
    {
        await server.EnsureRoleAsync("careful");
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "grant select on jobs to careful; alter role careful set default_transaction_read_only = on;");
        (await TestDatabase.CollectOnceAsync($"Host=127.0.0.1;Port={server.Port};Username=careful;Database={database.Name}")).Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
    }

    [Fact]
    public async Task CollectAsync_TableLocked_QueueIsUnavailableWhileTheDatabaseIsOk()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var collector = new CollectorUnderTest(database.ConnectionString, o => o.CollectorDeadline = TimeSpan.FromSeconds(1));
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
        await using var other = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await using (var lockTable = new NpgsqlCommand("lock table jobs in access exclusive mode", other, transaction))
        {
            await lockTable.ExecuteNonQueryAsync(Cancellation);
        }

        var locked = await collector.CollectAsync(Cancellation);
        await transaction.RollbackAsync(Cancellation);
        var free = await collector.CollectAsync(Cancellation);

        locked.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        locked.Queue.Unavailable.Should().Be(new SectionFailure("timeout", "reading the job table took too long, or had to wait for a lock"));
        locked.Workers.Unavailable!.Code.Should().Be("timeout");
        free.Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_TableLockedBeforeTheFirstLook_QueueIsUnavailableWhileTheDatabaseIsOk()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var collector = new CollectorUnderTest(database.ConnectionString, o => o.CollectorDeadline = TimeSpan.FromSeconds(3));
        await using var other = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancellation);
        await using var transaction = await other.BeginTransactionAsync(Cancellation);
        await using (var lockTable = new NpgsqlCommand("lock table jobs in access exclusive mode", other, transaction))
        {
            await lockTable.ExecuteNonQueryAsync(Cancellation);
        }

        var locked = await collector.CollectAsync(Cancellation);
        await transaction.RollbackAsync(Cancellation);

        locked.Database.Value.Should().Be(new DatabaseEvidence { Status = DatabaseStatus.Ok });
        locked.Queue.Unavailable.Should().Be(new SectionFailure("timeout", "reading the job table took too long, or had to wait for a lock"));
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_CountTooSlow_QueueIsUnavailableNeverZero()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create function slow(text) returns text language plpgsql as 'begin perform pg_sleep(10); return $1; end';
            create table base (state text, kind text, locked_by text);
            insert into base values ('queued', 'TRANSCRIBE', null);
            create view jobs as select slow(state) as state, kind, locked_by from base;
            """);
        var watch = Stopwatch.StartNew();

        var evidence = await database.CollectAsync(o => o.CollectorDeadline = TimeSpan.FromSeconds(3));

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(6));
        evidence.Queue.IsKnown.Should().BeFalse();
        evidence.Queue.Unavailable!.Code.Should().Be("timeout");
        evidence.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
    }

    [Fact]
    public async Task CollectAsync_ConnectionsTerminated_NextCallRecovers()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var collector = new CollectorUnderTest(database.ConnectionString);
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();

        await database.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database.Name}' and pid <> pg_backend_pid()");
        var first = await collector.CollectAsync(Cancellation);
        var second = await collector.CollectAsync(Cancellation);

        if (!first.Queue.IsKnown)
        {
            Expect(first, DatabaseStatus.ShuttingDown, "shuttingDown", "the server is shutting down, starting up or recovering; this passes", "57P01");
        }

        second.Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_HostsOwnPoolExhausted_IsToldApart()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var hosts = NpgsqlDataSource.Create(database.ConnectionString + ";Maximum Pool Size=1;Timeout=1");
        await using var taken = await hosts.OpenConnectionAsync(Cancellation);
        var options = Microsoft.Extensions.Options.Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromSeconds(3) });
        await using var source = new Cliply.Diagnostics.PostgreSql.PostgresConnectionSource(options, null, hosts, _ => null);
        var collector = new Cliply.Diagnostics.PostgreSql.PostgresJobStoreCollector(source, options, new Cliply.Diagnostics.Logs.LogPatternMatcher(), TimeProvider.System);

        Expect(await collector.CollectAsync(Cancellation), DatabaseStatus.Error, "error", "this host's own connection pool is exhausted; raise its Max Pool Size, or give the diagnostics a connection string of their own", null);
    }

    [Fact]
    public async Task CollectAsync_HostsOwnPoolExhaustedAndWaitsForLong_IsNamedAsAReason()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var hosts = NpgsqlDataSource.Create(database.ConnectionString + ";Maximum Pool Size=1");
        await using var taken = await hosts.OpenConnectionAsync(Cancellation);
        var options = Microsoft.Extensions.Options.Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromMilliseconds(500) });
        await using var source = new Cliply.Diagnostics.PostgreSql.PostgresConnectionSource(options, null, hosts, _ => null);
        var collector = new Cliply.Diagnostics.PostgreSql.PostgresJobStoreCollector(source, options, new Cliply.Diagnostics.Logs.LogPatternMatcher(), TimeProvider.System);

        Expect(await collector.CollectAsync(Cancellation), DatabaseStatus.Timeout, "timeout", "no connection in time: the server does not answer, or this host's own connection pool is exhausted; if so, raise its Max Pool Size, or give the diagnostics a connection string of their own", null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(400)]
    public async Task CollectAsync_ConnectionBreaksMidAnswer_IsUnavailableAndTheNextCallRecovers(int bytes)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Index);
        await using var proxy = new BreakingProxy(server.Port);
        await using var collector = new CollectorUnderTest($"Host=127.0.0.1;Port={proxy.Port};Username=postgres;Database={database.Name};SSL Mode=Disable");
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();

        proxy.BreakAfter(bytes);
        Expect(await collector.CollectAsync(Cancellation), DatabaseStatus.Error, "error", "the connection broke", null);
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_CallerCancels_CancellationEscapes()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var collector = new CollectorUnderTest(database.ConnectionString);

        await FluentActions.Awaiting(() => collector.CollectAsync(new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();
    }

    private static void Expect(CollectedEvidence evidence, DatabaseStatus status, string code, string message, string? sqlState)
    {
        evidence.Database.Value.Should().Be(new DatabaseEvidence { Status = status, SqlState = sqlState });
        evidence.Workers.Unavailable.Should().Be(new SectionFailure(code, message));
        evidence.Queue.Unavailable.Should().Be(new SectionFailure(code, message));
        message.Should().NotContainEquivalentOf(Canary).And.NotContain("127.0.0.1");
    }
}
