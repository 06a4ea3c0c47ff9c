using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>
/// Writes the workers' table, on a connection of its own unless all that is known is the host's data source, so that neither
/// jobs nor the diagnostics keep a beat waiting. One statement in its own transaction, nothing prepared and nothing set: safe behind a transaction pooler.
/// </summary>
internal sealed class PostgresWorkerRegistry : IWorkerRegistry, IAsyncDisposable, IDisposable
{
    private readonly PostgresConnectionSource _source;
    private readonly JobStoreOptions _jobStore;
    private readonly int _commandTimeout;
    private readonly string _beat;
    private readonly string _remove;

    public PostgresWorkerRegistry(
        IOptions<CliplyDiagnosticsOptions> diagnostics,
        IOptions<WorkerHeartbeatOptions> options,
        IConfiguration? configuration,
        NpgsqlDataSource? hostDataSource,
        Func<string, string?> environment)
    {
        var deadline = WorkerHeartbeatService.DeadlineOf(options.Value.Interval);
        _source = new PostgresConnectionSource(diagnostics, configuration, hostDataSource, environment, new PostgresConnectionUse("cliply-worker", deadline, MaxPoolSize: 1));
        _jobStore = diagnostics.Value.JobStore;
        _commandTimeout = (int)Math.Ceiling(deadline.TotalSeconds);
        var table = Sql.Name(_jobStore.Schema, _jobStore.WorkersTable);

        // Rows that another worker is just writing or removing are left to it: no beat waits for another's.
        _beat = $"""
            with expired as (
              delete from {table} where id in (select id from {table} where beat_at < now() - $7 and id <> $1 limit 100 for update skip locked)
            )
            insert into {table} (id, host, pid, version, kinds, running_jobs, beat_at, started_at) values ($1, $2, $3, $4, $5, $6, now(), now())
            on conflict (id) do update set host = excluded.host, pid = excluded.pid, version = excluded.version, kinds = excluded.kinds, running_jobs = excluded.running_jobs, beat_at = excluded.beat_at
            """;
        _remove = $"delete from {table} where id = $1";
    }

    public Task<WorkerRegistryFailure?> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken) => ExecuteAsync(
        _beat,
        [
            Parameter(NpgsqlDbType.Text, beat.Id),
            Parameter(NpgsqlDbType.Text, beat.Host),
            Parameter(NpgsqlDbType.Integer, beat.ProcessId),
            Parameter(NpgsqlDbType.Text, beat.Version),
            Parameter(NpgsqlDbType.Array | NpgsqlDbType.Text, beat.Kinds),
            Parameter(NpgsqlDbType.Integer, beat.RunningJobs),
            Parameter(NpgsqlDbType.Interval, _jobStore.WorkersRetainedFor),
        ],
        cancellationToken);

    public Task<WorkerRegistryFailure?> RemoveAsync(string workerId, CancellationToken cancellationToken) =>
        ExecuteAsync(_remove, [Parameter(NpgsqlDbType.Text, workerId)], cancellationToken);

    public void Dispose() => _source.Dispose();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlParameter Parameter(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };

    private async Task<WorkerRegistryFailure?> ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        if (_source.DataSource is not { } dataSource)
        {
            return new WorkerRegistryFailure(_source.Problem!, IsLasting: true);
        }

        try
        {
            await using var command = dataSource.CreateCommand(sql);
            command.CommandTimeout = _commandTimeout;
            command.Parameters.AddRange(parameters);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            return FailureOf(exception);
        }
    }

    private WorkerRegistryFailure FailureOf(Exception exception)
    {
        var table = $"{_jobStore.Schema}.{_jobStore.WorkersTable}";
        switch ((exception as PostgresException)?.SqlState)
        {
            case PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName:
                return new($"the table {table} is not there; run deploy/sql/cliply_workers.postgresql.sql, which is also WorkerHeartbeatSchema.PostgreSql, as the schema's owner", IsLasting: true);
            case PostgresErrorCodes.UndefinedColumn:
                return new($"the table {table} has other columns than deploy/sql/cliply_workers.postgresql.sql gives it", IsLasting: true);
            case PostgresErrorCodes.InsufficientPrivilege:
                return new($"the role may not write to the table {table}; grant it SELECT, INSERT, UPDATE and DELETE, and give it a policy where row-level security is on", IsLasting: true);
        }

        // Attempts that can't succeed would make a pooler lock everyone out.
        var failure = PostgresFailures.Of(exception);
        return new WorkerRegistryFailure(failure.Message, IsLasting: failure.Status == DatabaseStatus.AuthenticationFailed);
    }
}
