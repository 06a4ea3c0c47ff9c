using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cliply.Diagnostics.Sharing;

/// <summary>
/// One row of a table. The right to collect is a lease in that row, taken under an advisory lock of one short transaction:
/// nothing is held while the fleet is collected, which through a pooler of few connections would keep the collection itself
/// from getting one. Ages are the database's. Uses the diagnostics' own connections, before the job store is read with them.
/// </summary>
internal sealed class PostgresSnapshotExchange : ISnapshotExchange
{
    private static readonly TimeSpan LastingPause = TimeSpan.FromMinutes(1);

    /// <summary>Few enough for a pooler that locks everyone out after failed logins; the job store's collector tries as well.</summary>
    private static readonly TimeSpan LoginPause = TimeSpan.FromMinutes(5);

    private readonly PostgresConnectionSource _source;
    private readonly CliplyDiagnosticsOptions _options;
    private readonly TimeProvider _time;
    private readonly string _schema;
    private readonly string _table;
    private readonly string _scope;
    private readonly string _host;
    private readonly long _lock;
    private readonly string _look;
    private readonly string _publish;
    private readonly string _giveUp;
    private string? _lease;
    private int _leases;

    public PostgresSnapshotExchange(PostgresConnectionSource source, IOptions<CliplyDiagnosticsOptions> options, IOptions<SnapshotSharingOptions> sharing, SharingScope scope, SecretRedactor redactor, TimeProvider time)
    {
        _source = source;
        _options = options.Value;
        _time = time;
        _schema = sharing.Value.Schema ?? _options.JobStore.Schema;
        _table = sharing.Value.Table;
        _scope = scope.Text;
        _host = string.Create(CultureInfo.InvariantCulture, $"{redactor.Redact(System.Environment.MachineName)}:{System.Environment.ProcessId}:{Guid.NewGuid():N}");
        _lock = BinaryPrimitives.ReadInt64LittleEndian(SharingScope.Hash($"cliply_snapshot {scope.Text}"));
        var table = Sql.Name(_schema, _table);

        // A time that lies in the future, or a lease longer than anyone takes one, is of a clock that was set back.
        const string IsFresh = "coalesce(collected_at <= clock_timestamp() and collected_at > clock_timestamp() - $4, false)";
        const string IsLeased = "coalesce(leased_until > clock_timestamp() and leased_until <= clock_timestamp() + $3, false)";
        _look = $"""
            with seen as materialized (
              select {IsFresh} as is_fresh, {IsLeased} as is_leased, extract(epoch from clock_timestamp() - collected_at)::float8 as age, evidence from {table} where scope = $1
            ), leased as (
              insert into {table} as s (scope, leased_by, leased_until)
              select $1, $2, clock_timestamp() + $3
              where case when exists (select 1 from seen where is_fresh or is_leased) then false else pg_try_advisory_xact_lock($5) end
              on conflict (scope) do update set leased_by = excluded.leased_by, leased_until = excluded.leased_until
              where not {IsFresh.Replace("collected_at", "s.collected_at", StringComparison.Ordinal)} and not {IsLeased.Replace("leased_until", "s.leased_until", StringComparison.Ordinal)}
              returning 1
            )
            select clock_timestamp(), exists (select 1 from leased), coalesce(is_fresh, false), age, case when is_fresh and octet_length(evidence) <= {SharedDocument.MaxBytes} then evidence end
            from (values (1)) one left join seen on true
            """;

        // What a lease that is over has collected late comes too late. Rows of settings that nobody has any more go after a day.
        _publish = $"""
            with unused as (
              delete from {table} where scope in (select scope from {table} where leased_until < now() - interval '1 day' and scope <> $1 limit 100 for update skip locked)
            )
            update {table} set collected_at = clock_timestamp(), collected_by = leased_by, evidence = $3, leased_until = clock_timestamp()
            where scope = $1 and leased_by = $2 and leased_until > clock_timestamp()
            """;
        _giveUp = $"update {table} set leased_until = clock_timestamp() where scope = $1 and leased_by = $2";
    }

    private TimeSpan StatementLimit => _options.CollectionDeadline - _options.CollectorDeadline;

    public async Task<SnapshotOffer> LookAsync(CancellationToken cancellationToken)
    {
        var lease = string.Create(CultureInfo.InvariantCulture, $"{_host}:{++_leases}");
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var batch = Sql.BeginReadWrite(connection, StatementLimit);
        Sql.Add(batch, _look, _scope, lease, _options.CollectionDeadline, _options.SnapshotMaxAge, _lock);
        Sql.Add(batch, "commit");
        var start = _time.GetTimestamp();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var milliseconds = _time.GetElapsedTime(start).TotalMilliseconds;
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var reply = new JobStoreReply(reader.GetFieldValue<DateTimeOffset>(0), milliseconds);
        if (reader.GetBoolean(1))
        {
            _lease = lease;
            return new SnapshotOffer { Leads = true };
        }

        return !reader.GetBoolean(2) ? SnapshotOffer.None : new SnapshotOffer
        {
            Document = await reader.IsDBNullAsync(4, cancellationToken).ConfigureAwait(false) ? [] : reader.GetFieldValue<byte[]>(4),
            Age = TimeSpan.FromSeconds(reader.GetDouble(3)),
            Reply = reply,
        };
    }

    public Task PublishAsync(byte[] document, CancellationToken cancellationToken) => ExecuteAsync(_publish, document, cancellationToken);

    public Task GiveUpAsync(CancellationToken cancellationToken) => ExecuteAsync(_giveUp, null, cancellationToken);

    public SharingFailure FailureOf(Exception exception)
    {
        if (_source.Problem is { } problem)
        {
            return new(SectionFailure.NotConfigured, problem, LastingPause);
        }

        var table = $"{_schema}.{_table}";
        var failure = PostgresFailures.Of(exception);
        var message = (exception as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName =>
                $"the table {table} is not there; run deploy/sql/cliply_snapshot.postgresql.sql, which is also SnapshotSharingSchema.PostgreSql, as the schema's owner",
            PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.DatatypeMismatch or PostgresErrorCodes.InvalidColumnReference =>
                $"the table {table} has other columns than deploy/sql/cliply_snapshot.postgresql.sql gives it",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"the role may not write to the table {table}; grant it SELECT, INSERT, UPDATE and DELETE, and give it a policy where row-level security is on",
            PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.FeatureNotSupported =>
                "the database accepts no writes: a standby, or made read-only; share through a distributed cache instead",
            _ => null,
        };
        return message is not null
            ? new(CodeOf(exception is PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported } ? DatabaseStatus.ReadOnly : failure.Status), message, LastingPause)
            : new(CodeOf(failure.Status), failure.Message, failure.Status == DatabaseStatus.AuthenticationFailed ? LoginPause : TimeSpan.Zero);
    }

    private static string CodeOf(DatabaseStatus status) => JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

    private ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        _source.DataSource is { } dataSource ? dataSource.OpenConnectionAsync(cancellationToken) : throw new InvalidOperationException(_source.Problem);

    private async Task ExecuteAsync(string sql, byte[]? document, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var batch = Sql.BeginReadWrite(connection, StatementLimit);
        if (document is null)
        {
            Sql.Add(batch, sql, _scope, _lease!);
        }
        else
        {
            Sql.Add(batch, sql, _scope, _lease!, document);
        }

        Sql.Add(batch, "commit");
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
