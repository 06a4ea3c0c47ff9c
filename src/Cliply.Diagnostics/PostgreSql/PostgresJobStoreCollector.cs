using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Logs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>
/// Reads the job store in one round trip: counts by kind, workers by their own table and by their locks, rates from the events. Ages are the
/// database's. The catalog is looked at once, and again after a minute or when a name turns out to be gone.
/// </summary>
internal sealed class PostgresJobStoreCollector(
    PostgresConnectionSource source,
    IOptions<CliplyDiagnosticsOptions> options,
    LogPatternMatcher patterns,
    TimeProvider time,
    ILogger<PostgresJobStoreCollector>? logger = null) : IJobStoreCollector
{
    private static readonly TimeSpan CatalogAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BackOff = TimeSpan.FromMinutes(1);

    private readonly CliplyDiagnosticsOptions _options = options.Value;
    private readonly JobTableReader _catalog = new(options.Value.JobStore, patterns);
    private (JobTable Table, long ReadAt)? _table;
    private (CollectedEvidence Evidence, long Since)? _backingOff;
    private Task _last = Task.CompletedTask;

    public string Name => "postgresql";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database];

    public string Identity => source.Identity;

    /// <summary>Less than the collector's deadline, so that a silent server is told as a database status and not just as a missing section.</summary>
    private TimeSpan Budget => _options.CollectorDeadline * 0.85;

    private TimeSpan StatementLimit => _options.CollectorDeadline * 0.7;

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        if (source.DataSource is not { } dataSource)
        {
            return JobStoreFailure.NotConfigured(source.Problem!);
        }

        if (_backingOff is { } backingOff)
        {
            if (time.GetElapsedTime(backingOff.Since) < BackOff)
            {
                return backingOff.Evidence;
            }

            _backingOff = null;
        }

        using var budget = new CancellationTokenSource(Budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        var progress = new Progress();
        try
        {
            // Opening ignores its token once TCP is accepted, so that an earlier attempt can still be under way; beside it,
            // another would only pile up.
            await _last.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            either.Token.ThrowIfCancellationRequested();

            var reading = ReadAsync(dataSource, progress, either.Token);
            _last = reading;
            return await reading.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or System.Net.Sockets.SocketException or IOException or System.Security.Authentication.AuthenticationException or InvalidCastException)
        {
            return Failed(exception, progress);
        }
    }

    public async Task<JobStoreReply?> ReachAsync(CancellationToken cancellationToken)
    {
        if (source.DataSource is not { } dataSource || _backingOff is not null)
        {
            return null;
        }

        try
        {
            await _last.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            var reaching = ReachAsync(dataSource, cancellationToken);
            _last = reaching;
            return await reaching.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // The collection that follows says why.
            return null;
        }
    }

    private async Task<JobStoreReply> ReachAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var start = time.GetTimestamp();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var milliseconds = time.GetElapsedTime(start).TotalMilliseconds;
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new JobStoreReply(reader.GetFieldValue<DateTimeOffset>(0), milliseconds);
    }

    /// <summary>How far a reading got; tells a database that does not answer from a statement that is too slow.</summary>
    private sealed class Progress
    {
        public bool IsOpen { get; set; }

        public double? LatencyMilliseconds { get; set; }

        public JobTable? Table { get; set; }
    }

    private CollectedEvidence Failed(Exception exception, Progress progress)
    {
        var failure = PostgresFailures.Of(exception);
        if (failure.Status == DatabaseStatus.SchemaMissing)
        {
            _table = null;
        }

        // A server that cancels a statement answers, even where the look at the catalog is the first it was asked for.
        if (PostgresFailures.IsCancelledByServer(exception)
            || (progress.LatencyMilliseconds is not null && (exception is OperationCanceledException || PostgresFailures.IsSlowStatement(exception))))
        {
            var slow = new SectionFailure(SectionFailure.Timeout, "reading the job table took too long, or had to wait for a lock");
            return new CollectedEvidence { Database = Ok(progress.Table, progress.LatencyMilliseconds), Workers = slow, Queue = slow };
        }

        if (exception is OperationCanceledException && source.IsHosts && !progress.IsOpen)
        {
            return PostgresFailures.NoConnectionInTime.ToEvidence();
        }

        var evidence = failure.ToEvidence();
        if (PostgresFailures.CallsForBackOff(exception))
        {
            _backingOff = (evidence, time.GetTimestamp());
        }

        return evidence;
    }

    private static DatabaseEvidence Ok(JobTable? table, double? latency) => new()
    {
        Status = DatabaseStatus.Ok,
        LatencyMilliseconds = latency,
        MissingFunctions = table?.MissingFunctions,
        MissingIndexes = table?.MissingIndexes,
    };

    private async Task<CollectedEvidence> ReadAsync(NpgsqlDataSource dataSource, Progress progress, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        progress.IsOpen = true;
        try
        {
            return await ReadAsync(connection, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (progress.Table?.Workers is not null && HasChanged(exception))
        {
            // The workers' table may be what is gone, and is no part of the job store that has to be there.
            _table = null;
            await Rollback.IfNeededAsync(connection, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(connection, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool HasChanged(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InsufficientPrivilege;

    private async Task<CollectedEvidence> ReadAsync(NpgsqlConnection connection, Progress progress, CancellationToken cancellationToken)
    {
        if (_table is not { } cached || time.GetElapsedTime(cached.ReadAt) >= CatalogAge)
        {
            progress.Table = _table?.Table;
            var (read, failure) = await _catalog.ReadAsync(connection, StatementLimit, cancellationToken).ConfigureAwait(false);
            if (read is null)
            {
                _table = null;
                return failure!.ToEvidence();
            }

            _table = cached = (read, time.GetTimestamp());
            if (read.WorkersProblem is { } problem && logger is not null)
            {
                DiagnosticsLog.WorkersTableNotUsed(logger, problem);
            }
        }

        progress.Table = cached.Table;
        return cached.Table.IsReadOnly
            ? new JobStoreFailure(DatabaseStatus.ReadOnly, "the database accepts no writes: a standby, or made read-only").ToEvidence()
            : await ReadQueueAsync(connection, cached.Table, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CollectedEvidence> ReadQueueAsync(NpgsqlConnection connection, JobTable table, Progress progress, CancellationToken cancellationToken)
    {
        var cap = _options.JobStore.CountingCap;
        var deadLettered = JobStoreStatements.DeadLetteredLastHour(table, cap);
        var rates = JobStoreStatements.EventRates(table, cap);

        await using var batch = Sql.BeginReadOnly(connection, StatementLimit);
        Sql.Add(batch, "select now()");
        Sql.Add(batch, JobStoreStatements.Counts(table, cap));
        if (table.Workers is null)
        {
            Sql.Add(batch, JobStoreStatements.Workers(table, cap), _options.Thresholds.HeartbeatStale);
        }
        else
        {
            Sql.Add(batch, JobStoreStatements.Workers(table, cap), _options.Thresholds.HeartbeatStale, _options.JobStore.WorkersRetainedFor);
        }

        if (deadLettered is not null)
        {
            Sql.Add(batch, deadLettered);
        }

        if (rates is not null)
        {
            Sql.Add(batch, rates);
        }

        Sql.Add(batch, "commit");

        var start = time.GetTimestamp();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        progress.LatencyMilliseconds = time.GetElapsedTime(start).TotalMilliseconds;

        await NextAsync().ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var numbers = new JobStoreNumbers(reader.GetFieldValue<DateTimeOffset>(0), cap);

        await NextAsync().ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            numbers.AddCount(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), await TimeAsync(3).ConfigureAwait(false), reader.GetBoolean(4));
        }

        var tellsBeats = table.Columns.HeartbeatAt is not null || table.Columns.LockedAt is not null;
        await NextAsync().ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false))
            {
                numbers.AddWorker(reader.GetString(0), reader.GetInt64(1), await TimeAsync(3).ConfigureAwait(false));
                continue;
            }

            long? staleRunning = tellsBeats ? reader.GetInt64(2) : null;
            if (table.Workers is null)
            {
                numbers.SetWorkers(reader.GetInt64(4), tellsBeats ? reader.GetInt64(5) : null, staleRunning, await TimeAsync(3).ConfigureAwait(false));
            }
            else
            {
                var (active, announced) = (reader.GetInt64(4), reader.GetInt64(6));
                numbers.SetAnnouncedWorkers(active, tellsBeats || active == announced ? reader.GetInt64(5) : null, staleRunning, await TimeAsync(3).ConfigureAwait(false), announced, reader.GetInt64(7));
            }
        }

        if (deadLettered is not null)
        {
            await NextAsync().ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            numbers.SetDeadLetteredLastHour(reader.GetInt64(0));
        }

        if (rates is not null)
        {
            await NextAsync().ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            numbers.SetRates(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(3));
        }

        return numbers.ToEvidence(table.Errors, Ok(table, progress.LatencyMilliseconds.Value));

        Task NextAsync() => reader.NextResultAsync(cancellationToken);

        async Task<DateTimeOffset?> TimeAsync(int column) =>
            await reader.IsDBNullAsync(column, cancellationToken).ConfigureAwait(false) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }
}
