using System.Text.Json;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sqlite;

/// <summary>Writes the workers' table of a SQLite file. The clock is the host's: a file has no other.</summary>
internal sealed class SqliteWorkerRegistry : IWorkerRegistry
{
    private readonly string _connectionString;
    private readonly JobStoreOptions _jobStore;
    private readonly string _beat;
    private readonly string _remove;

    public SqliteWorkerRegistry(string connectionString, IOptions<CliplyDiagnosticsOptions> options)
    {
        _connectionString = connectionString;
        _jobStore = options.Value.JobStore;
        var table = SqliteStatements.Name(_jobStore.WorkersTable);

        // One transaction, as SQLite has no statement that does both.
        _beat = $"""
            begin immediate;
            insert into {table} (id, host, pid, version, kinds, running_jobs, beat_at, started_at)
            values ($id, $host, $pid, $version, $kinds, $jobs, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
            on conflict (id) do update set host = excluded.host, pid = excluded.pid, version = excluded.version, kinds = excluded.kinds, running_jobs = excluded.running_jobs, beat_at = excluded.beat_at;
            delete from {table} where unixepoch(beat_at, 'subsec') < unixepoch('now', 'subsec') - $retained;
            commit;
            """;
        _remove = $"delete from {table} where id = $id";
    }

    public Task<WorkerRegistryFailure?> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken) => Task.FromResult(Execute(
        _beat,
        [
            new("$id", beat.Id),
            new("$host", beat.Host),
            new("$pid", beat.ProcessId),
            new("$version", (object?)beat.Version ?? DBNull.Value),
            new("$kinds", Json(beat.Kinds)),
            new("$jobs", (object?)beat.RunningJobs ?? DBNull.Value),
            new("$retained", _jobStore.WorkersRetainedFor.TotalSeconds),
        ]));

    public Task<WorkerRegistryFailure?> RemoveAsync(string workerId, CancellationToken cancellationToken) => Task.FromResult(Execute(_remove, [new("$id", workerId)]));

    private static string Json(string[] texts) => $"[{string.Join(",", texts.Select(t => $"\"{JsonEncodedText.Encode(t)}\""))}]";

    private WorkerRegistryFailure? Execute(string sql, SqliteParameter[] parameters)
    {
        try
        {
            // Closed with the statement, so that a transaction which fails half-way ends with its connection.
            using var connection = new SqliteConnection(_connectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddRange(parameters);
            command.ExecuteNonQuery();
            return null;
        }
        catch (SqliteException exception)
        {
            return FailureOf(exception);
        }
    }

    private WorkerRegistryFailure FailureOf(SqliteException exception) => exception.SqliteErrorCode switch
    {
        1 when exception.Message.Contains("no such table", StringComparison.Ordinal) =>
            new($"the table {_jobStore.WorkersTable} is not there; run deploy/sql/cliply_workers.sqlite.sql, which is also WorkerHeartbeatSchema.Sqlite", IsLasting: true),
        1 => new($"the table {_jobStore.WorkersTable} has other columns than deploy/sql/cliply_workers.sqlite.sql gives it", IsLasting: true),
        5 or 6 => new(SqliteFailures.Of(exception).Message, IsLasting: false),
        _ => new(SqliteFailures.Of(exception).Message, IsLasting: true),
    };
}
