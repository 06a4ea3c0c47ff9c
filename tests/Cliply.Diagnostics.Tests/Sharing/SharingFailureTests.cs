using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Sharing;
using Cliply.Diagnostics.Tests.Fakes;
using Cliply.Diagnostics.Tests.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Npgsql;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>What keeps hosts from sharing: each then collects for itself, in time, and says once what to do.</summary>
[Collection(PostgresTests.Name)]
public sealed class SharingFailureTests(PostgresServer server)
{
    private const string Missing = "The fleet's snapshot can't be shared: the table public.cliply_snapshot is not there; run deploy/sql/cliply_snapshot.postgresql.sql, which is also SnapshotSharingSchema.PostgreSql, as the schema's owner. This host collects for itself, and tries again every 00:01:00";
    private const string Unreadable = "The fleet's snapshot is not shared: what is shared can't be read: it was changed, or is not of this version. The next collection replaces it. This host collects for itself, and tries again with the next reading";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_forget_the_table_and_create_it_later()
    {
        var database = await TestDatabase.CreateAsync(server, SharedTable.Jobs);
        await using var host = new SharingHost(database.ConnectionString, configure: o => o.SnapshotMaxAge = TimeSpan.FromSeconds(5));

        for (var i = 0; i < 3; i++)
        {
            var reading = await host.DiagnoseAsync();
            reading.Snapshot.Queue.IsKnown.Should().BeTrue();
            reading.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "schemaMissing"));
            host.Time.Skip(TimeSpan.FromSeconds(5));
        }

        host.Told.Should().Equal(Missing);
        await database.ExecuteAsync(SnapshotSharingSchema.PostgreSql);
        host.Time.Skip(TimeSpan.FromMinutes(1));
        (await host.DiagnoseAsync()).Collectors.Select(c => c.Name).Should().Equal("store", "own");
        host.Told.Should().Equal(Missing, "The fleet's snapshot is shared again, after 3 readings without");
    }

    [Fact]
    public async Task DiagnoseAsync_TableMissing_IsNotAskedForAgainWithinAMinute()
    {
        var database = await TestDatabase.CreateAsync(server, SharedTable.Jobs);
        await using var host = new SharingHost(database.ConnectionString, configure: o => o.SnapshotMaxAge = TimeSpan.FromSeconds(5));
        await host.DiagnoseAsync();
        await database.ExecuteAsync(SnapshotSharingSchema.PostgreSql);

        host.Time.Skip(TimeSpan.FromSeconds(50));
        await host.DiagnoseAsync();
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot")).Should().Be(0);
        host.Time.Skip(TimeSpan.FromSeconds(11));
        await host.DiagnoseAsync();
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot")).Should().Be(1);
    }

    [Theory]
    [InlineData("", "permissionDenied")]
    [InlineData("grant select on cliply_snapshot to sharing_role; create policy p on cliply_snapshot for select to sharing_role using (true);", "permissionDenied")]
    [InlineData("grant select, insert, update, delete on cliply_snapshot to sharing_role;", "permissionDenied")]
    [InlineData(null, null)]
    public async Task DiagnoseAsync_RoleMayNotWrite_SaysWhatToGrant(string? grants, string? failure)
    {
        await server.EnsureRoleAsync("sharing_role");
        var database = await SharedTable.CreateAsync(server);
        var script = string.Join('\n', SnapshotSharingSchema.PostgreSql.Split('\n').Where(l => l.StartsWith("-- ", StringComparison.Ordinal) && l.Contains(" to monitoring_role", StringComparison.Ordinal)).Select(l => l[3..].Replace("monitoring_role", "sharing_role", StringComparison.Ordinal)));
        await database.ExecuteAsync("grant select on jobs to sharing_role; alter role sharing_role set default_transaction_read_only = on;" + (grants ?? script));
        await using var host = new SharingHost(database.ConnectionString.Replace("Username=postgres", "Username=sharing_role", StringComparison.Ordinal));

        var reading = await host.DiagnoseAsync();

        reading.Snapshot.Queue.IsKnown.Should().BeTrue();
        reading.Collectors.FirstOrDefault(c => c.Name == "shared")?.Failure.Should().Be(failure);
        host.Told.Should().Equal(failure is null ? [] : ["The fleet's snapshot can't be shared: the role may not write to the table public.cliply_snapshot; grant it SELECT, INSERT, UPDATE and DELETE, and give it a policy where row-level security is on. This host collects for itself, and tries again every 00:01:00"]);
        (await database.QueryAsync<long>("select count(*) from cliply_snapshot where evidence is not null")).Should().Be(failure is null ? 1 : 0);
    }

    [Fact]
    public async Task DiagnoseAsync_OtherColumns_SaysSo()
    {
        var database = await TestDatabase.CreateAsync(server, SharedTable.Jobs + "create table cliply_snapshot (scope text primary key, snapshot jsonb)");
        await using var host = new SharingHost(database.ConnectionString);

        (await host.DiagnoseAsync()).Snapshot.Queue.IsKnown.Should().BeTrue();

        host.Told.Should().Equal("The fleet's snapshot can't be shared: the table public.cliply_snapshot has other columns than deploy/sql/cliply_snapshot.postgresql.sql gives it. This host collects for itself, and tries again every 00:01:00");
    }

    [Fact]
    public async Task DiagnoseAsync_Standby_CollectsAndSaysSo()
    {
        var database = await SharedTable.CreateAsync(server);
        var port = await server.StartStandbyAsync();
        try
        {
            await using var host = new SharingHost($"Host=127.0.0.1;Port={port};Username=postgres;Database={database.Name}");

            var reading = await host.DiagnoseAsync();

            reading.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.ReadOnly);
            reading.Collectors[^1].Should().Match<CollectorRun>(c => c.Name == "shared" && c.Failure == "readOnly");
            host.Told.Should().Equal("The fleet's snapshot can't be shared: the database accepts no writes: a standby, or made read-only; share through a distributed cache instead. This host collects for itself, and tries again every 00:01:00");
        }
        finally
        {
            await server.StopStandbyAsync(port);
        }
    }

    [Fact]
    public async Task DiagnoseAsync_DatabaseIsDown_IsDiagnosedAsUsual()
    {
        await using var host = new SharingHost($"Host=127.0.0.1;Port={PostgresServer.FreePort()};Username=postgres;Database=x");

        var reading = await host.DiagnoseAsync();

        reading.Report.Diagnoses.Should().Contain(d => d.Code == "database-unavailable" && d.Severity == Severity.Critical && d.Causes.Any(c => c.Code == "connection-refused"));
        host.Told.Should().Equal("The fleet's snapshot is not shared: nothing listens at its address. This host collects for itself, and tries again with the next reading");
    }

    [Fact]
    public async Task DiagnoseAsync_NoDatabaseIsConfigured_IsNoFailureOfTheHost()
    {
        await using var host = new SharingHost(null);

        var reading = await host.DiagnoseAsync();

        reading.Snapshot.Queue.Unavailable!.Code.Should().Be("not-configured");
        host.Told.Should().ContainSingle().Which.Should().StartWith("The fleet's snapshot can't be shared: no job store is configured. Set the option ConnectionString");
    }

    [Fact]
    public async Task DiagnoseAsync_DatabaseIsSilent_AnswersWithinTheDeadlineWithTheUsualStatus()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var host = new SharingHost($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=postgres;Database=x", configure: SharingHost.Deadlines(4, 6));
        await using var warm = new SharingHost(null);
        await warm.DiagnoseAsync();

        var watch = Stopwatch.StartNew();
        var reading = await host.DiagnoseAsync();

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(6 + 2));
        reading.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Timeout);
        reading.Collectors.Single(c => c.Name == "own").Failure.Should().BeNull();
        host.Told.Should().Equal("The fleet's snapshot is not shared: no answer in time. This host collects for itself, and tries again with the next reading");
    }

    [Fact]
    public async Task DiagnoseAsync_TableIsLocked_CollectsWithinTheDeadline()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString, configure: SharingHost.Deadlines(4, 6));
        await using var locker = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await locker.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("begin; lock table cliply_snapshot in access exclusive mode", locker);
        await command.ExecuteNonQueryAsync(Cancellation);

        var reading = await host.DiagnoseAsync();

        reading.Snapshot.Queue.IsKnown.Should().BeTrue();
        reading.Collectors[^1].Failure.Should().Be("timeout");
        host.Told.Should().Equal("The fleet's snapshot is not shared: a statement was too slow, or had to wait for a lock. This host collects for itself, and tries again with the next reading");
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1,\"collectedAt\":\"2026-01-01T00:00:00Z\",\"collectors\":[{\"name\":\"store\"}]}")]
    [InlineData("{\"format\":1,\"collectedAt\":\"2026-01-01T00:00:00Z\",\"collectors\":[{\"name\":7}]}")]
    [InlineData("{\"format\":2,\"collectedAt\":\"2026-01-01T00:00:00Z\",\"collectors\":[]}")]
    [InlineData("{\"format\":1,\"collectedAt\":\"2026-01-01T00:00:00Z\",\"collectors\":[{\"name\":\"store\",\"knowsTime\":true,\"evidence\":{\"schemaVersion\":2,\"capturedAt\":\"2026-01-01T00:00:00Z\"}}]}")]
    [InlineData("{\"format\":1,\"collectedAt\":\"2026-01-01T00:00:00Z\",\"collectors\":[{\"name\":\"store\",\"knowsTime\":true,\"evidence\":{\"schemaVersion\":1,\"capturedAt\":\"2026-01-01T00:00:00Z\",\"queue\":{\"runnable\":-1,\"running\":0,\"deadLetter\":0}}}]}")]
    [InlineData("{\"format\":1,\"collectedAt\":\"2026-01-01T00:00:00Z\",\"collectors\":[{\"name\":\"store\",\"knowsTime\":true,\"evidence\":{\"schemaVersion\":1,\"capturedAt\":\"2026-01-01T00:00:00Z\"},\"secondHand\":{\"schemaVersion\":1,\"capturedAt\":\"2026-01-01T00:00:00Z\"},\"restarts\":{\"a\":1e999}}]}")]
    public async Task DiagnoseAsync_RowCantBeRead_CollectsSaysItOnceAndReplacesIt(string document)
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString);
        await host.DiagnoseAsync();
        await using var other = new SharingHost(database.ConnectionString, "other", configure: o => o.History.InBackground = false);
        await PutAsync(database, document);

        var first = await other.DiagnoseAsync();
        other.Time.Skip(TimeSpan.FromMinutes(1));
        await PutAsync(database, document);
        await other.DiagnoseAsync();
        await database.NextIntervalAsync(other);
        var repaired = await other.DiagnoseAsync();

        first.Snapshot.Queue.IsKnown.Should().BeTrue();
        first.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "unexpected"));
        repaired.Collectors.Select(c => c.Name).Should().Equal("store", "own");
        other.Told.Should().Equal(Unreadable, "The fleet's snapshot is shared again, after 2 readings without");
        (await database.QueryAsync<bool>("select convert_from(evidence, 'UTF8') like '{\"format\":1,%runnable%' from cliply_snapshot")).Should().BeTrue();
    }

    [Fact]
    public async Task DiagnoseAsync_RowClaimsMoreThanItsCollectorsSee_OnlyTheirSectionsCount()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString);
        await host.DiagnoseAsync();
        await using var other = new SharingHost(database.ConnectionString, "other");
        var hostile = ScriptedCollector.HealthyStore() with
        {
            Environment = new EnvironmentEvidence { MissingRecommended = ["HOSTILE"] },
            Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Docker, Name = "hostile" }),
        };
        await PutAsync(database, Encoding.UTF8.GetString(SharedDocument.Write([("store", hostile), ("own", hostile)], TimeProvider.System.GetUtcNow(), Redaction.SecretRedactor.PatternsOnly)));

        var reading = await other.DiagnoseAsync();

        other.Fleet.Calls.Should().Be(0);
        reading.Snapshot.Queue.Value!.Runnable.Should().Be(3);
        reading.Snapshot.Environment.Value!.MissingRecommended.Should().Equal("other");
        reading.Snapshot.Deployments.Value!.Select(d => d.Name).Should().Equal("other");
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task DiagnoseAsync_EvidenceIsOfAnotherTimeThanItsRow_IsNotBelieved(string capturedAt)
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString);
        await host.DiagnoseAsync();
        await using var other = new SharingHost(database.ConnectionString, "other");
        var old = ScriptedCollector.HealthyStore() with { CapturedAt = DateTimeOffset.Parse(capturedAt, System.Globalization.CultureInfo.InvariantCulture) };
        await PutAsync(database, Encoding.UTF8.GetString(SharedDocument.Write([("store", old)], TimeProvider.System.GetUtcNow(), Redaction.SecretRedactor.PatternsOnly)));

        (await other.DiagnoseAsync()).Age.Should().Be(TimeSpan.Zero);
        other.Fleet.Calls.Should().Be(1);
        other.Told.Should().Equal(Unreadable);
    }

    [Fact]
    public async Task DiagnoseAsync_RowSaysThatTheDatabaseIsDown_IsNotBelieved()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString);
        await host.DiagnoseAsync();
        await using var other = new SharingHost(database.ConnectionString, "other");
        var down = new JobStores.JobStoreFailure(DatabaseStatus.Refused, "nothing listens").ToEvidence();
        await PutAsync(database, Encoding.UTF8.GetString(SharedDocument.Write([("store", down)], TimeProvider.System.GetUtcNow(), Redaction.SecretRedactor.PatternsOnly)));

        (await other.DiagnoseAsync()).Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        other.Fleet.Calls.Should().Be(1);
    }

    [Theory]
    [InlineData("collected_at = now() + interval '1 hour'")]
    [InlineData("collected_at = now() - interval '1 hour', leased_until = now() + interval '1 hour'")]
    public async Task DiagnoseAsync_DatabasesClockWasSetBack_RowIsReplaced(string change)
    {
        var database = await SharedTable.CreateAsync(server);
        await using var host = new SharingHost(database.ConnectionString);
        await host.DiagnoseAsync();
        await database.ExecuteAsync($"update cliply_snapshot set {change}");
        await using var other = new SharingHost(database.ConnectionString, "other");

        (await other.DiagnoseAsync()).Collectors.Select(c => c.Name).Should().Equal("store", "own");

        (await database.QueryAsync<bool>("select collected_at <= now() and leased_until <= now() from cliply_snapshot")).Should().BeTrue();
    }

    [Fact]
    public async Task Metrics_OfSharing_CountFailuresOfSharingOnly()
    {
        var database = await SharedTable.CreateAsync(server);
        await using var one = new SharingHost(database.ConnectionString);
        await using var two = new SharingHost(database.ConnectionString);
        var failures = new MetricCollector<long>(two.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), "Cliply.Diagnostics", "cliply_collection_failures");
        await one.DiagnoseAsync();
        await two.DiagnoseAsync();
        failures.RecordObservableInstruments();
        Counted().Should().Equal(("own", 0L), ("shared", 0L));

        await database.ExecuteAsync("drop table cliply_snapshot");
        two.Time.Skip(TimeSpan.FromMinutes(1));
        await two.DiagnoseAsync();
        failures.Clear();
        failures.RecordObservableInstruments();

        Counted().Should().BeEquivalentTo(new[] { ("own", 0L), ("shared", 1L), ("store", 0L) });

        IEnumerable<(string, long)> Counted() => failures.GetMeasurementSnapshot().Select(m => ((string)m.Tags["collector"]!, m.Value));
    }

    private static async Task PutAsync(TestDatabase database, string document)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("update cliply_snapshot set collected_at = clock_timestamp(), leased_until = now(), evidence = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Encoding.UTF8.GetBytes(document) });
        (await command.ExecuteNonQueryAsync(Cancellation)).Should().Be(1);
    }
}
