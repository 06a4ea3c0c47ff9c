using System.Net;
using System.Text.Json;
using Cliply.Diagnostics.Docker.Tests.Fakes;
using Cliply.Diagnostics.Kubernetes.Tests;
using Cliply.Diagnostics.Prometheus.Tests;
using Cliply.Diagnostics.Tests.PostgreSql;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>A host that was compiled ahead of time diagnoses as any other.</summary>
public sealed class PublishedAheadOfTimeTests(PublishedHost published, PostgresServer postgres, RecordedFleets recorded)
    : IClassFixture<PublishedHost>, IClassFixture<PostgresServer>, IClassFixture<RecordedFleets>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-published-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_diagnose_with_PostgreSQL_Kubernetes_and_Prometheus()
    {
        await using var cluster = await FakeApiServer.StartAsync();
        cluster.Deployments.Add(Kubernetes.Tests.Payloads.Workload("worker", 0));
        var kubeconfig = await WriteKubeconfigAsync(cluster.Address);
        using var host = await published.StartAsync(new()
        {
            ["DATABASE_URL"] = await CreateAbandonedQueueAsync(),
            ["Cliply__Diagnostics__Kubernetes__Kubeconfig"] = kubeconfig,
            ["Cliply__Diagnostics__Prometheus__Url"] = recorded.Url,
            ["Cliply__Diagnostics__Prometheus__Matchers"] = "cluster=\"fluctuates\"",
        });

        (await host.GetAsync("/livez")).Should().Be((HttpStatusCode.OK, "text/plain", "alive"));
        (await host.GetAsync("/readyz")).Should().Be((HttpStatusCode.OK, "text/plain", "ready"));
        (await DiagnosesAsync(host)).Should().Equal("no-workers-running critical confirmed: The workers are scaled to zero while 5 jobs wait, the oldest for 47 min.");
        (await CountedDiagnosesAsync(host)).Should().Equal("""cliply_diagnosis{code="no-workers-running",severity="critical"} 1""");
        (await PageAsync(host)).Should().Contain("<code>no-workers-running</code>").And.Contain("<figcaption>Workers: <strong>0</strong> <span class=\"muted\">lowest 0, highest 2</span></figcaption>", "Prometheus has the last hour");
        await StopsAsync(host);
    }

    [Fact]
    public async Task I_can_diagnose_with_SQLite_and_Docker()
    {
        await using var engine = FakeEngine.WithOneWorker();
        using var host = await published.StartAsync(new()
        {
            ["Sqlite"] = await CreateSqliteQueueAsync(),
            ["Cliply__Diagnostics__Docker__Endpoint"] = engine.Endpoint,
            ["Cliply__Diagnostics__Probes__UnreadyDiagnoses__0"] = "workers-not-claiming",
        });

        (await host.GetAsync("/livez")).Should().Be((HttpStatusCode.OK, "text/plain", "alive"));
        (await host.GetAsync("/readyz")).Should().Be((HttpStatusCode.ServiceUnavailable, "text/plain", "unready"));
        (await DiagnosesAsync(host)).Should().Equal("workers-not-claiming critical likely: 1 worker is free while 2 jobs wait, the oldest for 47 min.");
        (await CountedDiagnosesAsync(host)).Should().Equal("""cliply_diagnosis{code="workers-not-claiming",severity="critical"} 1""");
        (await PageAsync(host)).Should().Contain("<code>workers-not-claiming</code>");
        await StopsAsync(host);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<IEnumerable<string>> DiagnosesAsync(HostProcess host)
    {
        var (status, contentType, body) = await host.GetAsync("/diagnostics/report.json");
        (status, contentType).Should().Be((HttpStatusCode.OK, "application/json; charset=utf-8"));
        using var report = JsonDocument.Parse(body);
        return [.. report.RootElement.GetProperty("diagnoses").EnumerateArray().Select(d => $"{d.GetProperty("code")} {d.GetProperty("severity")} {d.GetProperty("confidence")}: {d.GetProperty("summary")}")];
    }

    private static async Task<IEnumerable<string>> CountedDiagnosesAsync(HostProcess host)
    {
        var (status, contentType, body) = await host.GetAsync("/metrics");
        (status, contentType).Should().Be((HttpStatusCode.OK, "text/plain; version=0.0.4; charset=utf-8"));
        return body.Split('\n').Where(line => line.StartsWith("cliply_diagnosis{", StringComparison.Ordinal));
    }

    private static async Task<string> PageAsync(HostProcess host)
    {
        var (status, contentType, body) = await host.GetAsync("/diagnostics");
        (status, contentType).Should().Be((HttpStatusCode.OK, "text/html; charset=utf-8"));
        return body;
    }

    private static async Task StopsAsync(HostProcess host)
    {
        var (exitCode, output) = await host.TerminateAsync();
        exitCode.Should().Be(0, output);
        output.Should().EndWith("Application is shutting down...\n");
    }

    /// <summary>Five jobs that wait, and nobody who takes them.</summary>
    /// <returns>The database's URL.</returns>
    private async Task<string> CreateAbandonedQueueAsync()
    {
        var database = await postgres.CreateEmptyDatabaseAsync();
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={postgres.Port};Username=postgres;Database={database};Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(
            JobTables.Current + JobTables.Index + JobTables.Functions + WorkerHeartbeatSchema.PostgreSql
            + "insert into jobs (kind, run_at) select 'TRANSCRIBE', now() - interval '47 minutes' from generate_series(1, 5)",
            connection);
        await command.ExecuteNonQueryAsync(Cancellation);
        return $"postgres://postgres@127.0.0.1:{postgres.Port}/{database}";
    }

    /// <summary>Likewise, in a file.</summary>
    private async Task<string> CreateSqliteQueueAsync()
    {
        var file = Path.Combine(_folder.FullName, "jobs.db");
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            create table jobs (id integer primary key, kind text not null, state text not null, run_at text, locked_at text,
              locked_by text, heartbeat_at text, last_error text, created_at text default current_timestamp, updated_at text);
            {WorkerHeartbeatSchema.Sqlite}
            insert into jobs (kind, state, run_at) values ('TRANSCRIBE', 'queued', datetime('now', '-47 minutes')), ('CLIP_RENDER', 'queued', datetime('now', '-3 minutes'));
            """;
        await command.ExecuteNonQueryAsync(Cancellation);
        return file;
    }

    private async Task<string> WriteKubeconfigAsync(string address)
    {
        var file = Path.Combine(_folder.FullName, "kubeconfig");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [ { name: test, cluster: { server: "{{address}}" } } ]
            contexts: [ { name: test, context: { cluster: test, namespace: media, user: test } } ]
            users: [ { name: test, user: { token: {{FakeApiServer.Canary}} } } ]
            """, Cancellation);
        return file;
    }
}
