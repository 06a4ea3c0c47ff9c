using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cliply.Diagnostics.SampleFleet;

/// <summary>The job table, in a SQLite file or in a schema of its own in PostgreSQL, and what workers do with it.</summary>
internal sealed class JobQueue : IAsyncDisposable
{
    private readonly DbDataSource _source;
    private readonly string _table;
    private readonly string _now;
    private readonly string _skipLocked;
    private readonly string? _sqliteFile;
    private readonly string? _schema;

    private JobQueue(DbDataSource source, string? sqliteFile, string? schema)
    {
        _source = source;
        _sqliteFile = sqliteFile;
        _schema = schema;
        _table = schema is null ? "jobs" : $"{schema}.jobs";
        _now = schema is null ? "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')" : "now()";
        _skipLocked = schema is null ? "" : "for update skip locked";
    }

    public string Description => _schema is null ? "job queue: a SQLite file in a temporary folder" : $"job queue: schema {_schema} in PostgreSQL, dropped at the end";

    public static async Task<JobQueue> CreateAsync(string? databaseUrl, string folder, CancellationToken cancellationToken)
    {
        JobQueue queue;
        if (string.IsNullOrWhiteSpace(databaseUrl))
        {
            var file = Path.Combine(folder, "jobs.db");
            queue = new JobQueue(SqliteFactory.Instance.CreateDataSource($"Data Source={file};Pooling=False;Default Timeout=5"), file, null);
            await queue.ExecuteAsync("pragma journal_mode = wal", cancellationToken);
        }
        else
        {
            var schema = $"cliply_sample_{Environment.ProcessId}";
            queue = new JobQueue(NpgsqlDataSource.Create(ConnectionString(databaseUrl)), null, schema);
            try
            {
                await queue.ExecuteAsync($"create schema {schema}", cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                await queue._source.DisposeAsync();
                throw new SampleException(SampleException.Unavailable, $"the PostgreSQL that DATABASE_URL names can't be used: {exception.Message}. Start it, give the role the right to create a schema, or unset DATABASE_URL for a SQLite file.");
            }
        }

        var time = queue._schema is null ? "text" : "timestamptz";
        var id = queue._schema is null ? "integer primary key" : "bigserial primary key";
        await queue.ExecuteAsync($"create table {queue._table} (id {id}, kind text not null, state text not null, attempts int not null default 0, run_at {time}, locked_at {time}, locked_by text, heartbeat_at {time}, last_error text, created_at {time}, updated_at {time})", cancellationToken);
        var index = queue._schema is null ? "jobs_unfinished" : "\"jobs_unfinished\"";
        await queue.ExecuteAsync($"create index {index} on {queue._table} (state, kind, run_at) where state in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter')", cancellationToken);
        return queue;
    }

    /// <summary>Tells the diagnostics where the table is.</summary>
    public void Configure(CliplyDiagnosticsOptions options) => options.JobStore.Schema = _schema ?? options.JobStore.Schema;

    /// <summary>Chooses the store that the diagnostics read; PostgreSQL is found by DATABASE_URL.</summary>
    public void Register(IServiceCollection services)
    {
        if (_sqliteFile is not null)
        {
            services.AddCliplySqliteJobStore($"Data Source={_sqliteFile}");
        }
    }

    public Task AddAsync(string kind, CancellationToken cancellationToken) =>
        ExecuteAsync($"insert into {_table} (kind, state, run_at, created_at, updated_at) values (@a, 'queued', {_now}, {_now}, {_now})", cancellationToken, kind);

    /// <summary>Takes the oldest due job; null where there is none. Once begun it is not cancelled: a claim that nobody hears of is a job that nobody works on.</summary>
    public async Task<(long Id, string Kind)?> ClaimAsync(string worker, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, $"""
            update {_table} set state = 'running', locked_by = @a, locked_at = {_now}, heartbeat_at = {_now}, updated_at = {_now}
            where id = (select id from {_table} where state = 'queued' and run_at <= {_now} order by run_at limit 1 {_skipLocked})
            returning id, kind
            """, worker);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None) ? (reader.GetInt64(0), reader.GetString(1)) : null;
    }

    public Task BeatAsync(long id, CancellationToken cancellationToken) => ExecuteAsync($"update {_table} set heartbeat_at = {_now} where id = @a", cancellationToken, id);

    public Task FinishAsync(long id, CancellationToken cancellationToken) =>
        ExecuteAsync($"update {_table} set state = 'done', locked_by = null, updated_at = {_now} where id = @a", cancellationToken, id);

    /// <summary>Gives the job back, or up after three attempts.</summary>
    public Task FailAsync(long id, string error, CancellationToken cancellationToken) => ExecuteAsync(
        $"update {_table} set attempts = attempts + 1, state = case when attempts >= 2 then 'dead_letter' else 'queued' end, locked_by = null, last_error = @b, updated_at = {_now} where id = @a", cancellationToken, id, error);

    public Task ReleaseAsync(long id, CancellationToken cancellationToken) =>
        ExecuteAsync($"update {_table} set state = 'queued', locked_by = null, updated_at = {_now} where id = @a", cancellationToken, id);

    /// <summary>Gives back what a worker held when it went down and could not say so.</summary>
    public Task ReleaseAllAsync(string worker, CancellationToken cancellationToken) =>
        ExecuteAsync($"update {_table} set state = 'queued', locked_by = null, updated_at = {_now} where locked_by = @a and state = 'running'", cancellationToken, worker);

    public async ValueTask DisposeAsync()
    {
        if (_schema is not null)
        {
            try
            {
                await ExecuteAsync($"drop schema {_schema} cascade", CancellationToken.None);
            }
            catch (NpgsqlException exception)
            {
                await Console.Error.WriteLineAsync($"sample: the schema {_schema} is left behind: {exception.Message}");
            }
        }

        await _source.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Command(DbConnection connection, string sql, params object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = ((char)('a' + i)).ToString();
            parameter.Value = values[i];
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>A postgres:// URL in Npgsql's form.</summary>
    private static string ConnectionString(string url)
    {
        const string Unreadable = "DATABASE_URL can't be used. Write it as postgres://user:password@host:5432/database, with special characters percent-encoded, or unset it for a SQLite file.";
        if (!url.Contains("://", StringComparison.Ordinal))
        {
            try
            {
                return new NpgsqlConnectionStringBuilder(url).ToString();
            }
            catch (ArgumentException)
            {
                // The parser's message repeats what it was given.
                throw new SampleException(SampleException.Usage, Unreadable);
            }
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql") || uri.Host.Length == 0)
        {
            throw new SampleException(SampleException.Usage, Unreadable);
        }

        var user = uri.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        }.ToString();
    }
}
