using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Connections: through a real transaction pooler, flat in number, one round trip, read-only, by the database's clock.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresPoolerTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CollectAsync_ThroughPgBouncer_IsCorrectAndLeavesNoSessionState()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Index + "insert into jobs (kind) values ('TRANSCRIBE');");
        await using var collector = new CollectorUnderTest(database.BouncerConnectionString);

        for (var i = 0; i < 20; i++)
        {
            (await collector.CollectAsync(Cancellation)).Queue.Value!.Runnable.Should().Be(1);
        }

        // The pooler has one server connection, so that this client gets the very one that was used.
        await using var other = new NpgsqlConnection(database.BouncerConnectionString + ";Pooling=false;No Reset On Close=true");
        await other.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' ' || current_setting('jit') || ' ' || current_setting('enable_seqscan') || ' ' || current_setting('transaction_read_only')", other);
        (await command.ExecuteScalarAsync(Cancellation)).Should().Be("0 0 on on off");
    }

    [Fact]
    public async Task CollectAsync_ThroughPgBouncerAfterAFailedStatement_NextClientIsUnharmed()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        await using var collector = new CollectorUnderTest(database.BouncerConnectionString);
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
        await database.ExecuteAsync("alter table jobs rename column kind to type");

        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeFalse();
        (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
    }

    [Fact]
    public async Task CollectAsync_ThousandTimes_KeepsAFlatNumberOfConnections()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Index);
        await using var collector = new CollectorUnderTest(database.ConnectionString);

        for (var i = 0; i < 1_000; i++)
        {
            (await collector.CollectAsync(Cancellation)).Queue.IsKnown.Should().BeTrue();
        }

        var connections = await database.QueryAsync<long>($"select count(*) from pg_stat_activity where datname = '{database.Name}' and application_name = 'cliply-diagnostics'");
        connections.Should().Be(1);
    }

    [Fact]
    public async Task CollectAsync_AfterTheFirst_TakesOneRoundTrip()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Index + JobTables.Events);
        await using var proxy = new FlightCountingProxy(server.Port);
        await using var collector = new CollectorUnderTest($"Host=127.0.0.1;Port={proxy.Port};Username=postgres;Database={database.Name};SSL Mode=Disable");
        await collector.CollectAsync(Cancellation);
        var before = proxy.Flights;

        (await collector.CollectAsync(Cancellation)).Queue.Value!.ClaimedLast5Minutes.Should().Be(0);

        (proxy.Flights - before).Should().Be(1);
    }

    [Fact]
    public async Task CollectAsync_Always_RunsInAReadOnlyTransaction()
    {
        // A view that writes: reading it fails in a read-only transaction and only there.
        var database = await TestDatabase.CreateAsync(server, """
            create table seen (at timestamptz);
            create function peek() returns text language plpgsql as 'begin insert into seen values (now()); return ''queued''; end';
            create table base (kind text, locked_by text);
            insert into base values ('TRANSCRIBE', null);
            create view jobs as select peek() as state, kind, locked_by from base;
            """);

        var evidence = await database.CollectAsync();

        evidence.Database.Value!.SqlState.Should().Be("25006");
        (await database.QueryAsync<long>("select count(*) from seen")).Should().Be(0);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task CollectAsync_HostClockIsOff_AgesAreUnchanged(int minutes)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "insert into jobs (kind, run_at) values ('TRANSCRIBE', now() - interval '300 seconds');");
        await using var collector = new CollectorUnderTest(database.ConnectionString, time: new ShiftedTime(TimeSpan.FromMinutes(minutes)));

        var evidence = await collector.CollectAsync(Cancellation);

        evidence.Queue.Value!.OldestRunnableAgeSeconds.Should().Be(300);
        evidence.CapturedAt!.Value.Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(30));
    }

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }
}
