using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sqlite;

/// <summary>Reads the same job table as PostgreSQL's collector from a SQLite file, in one read transaction.</summary>
internal sealed class SqliteJobStoreCollector(string connectionString, IOptions<CliplyDiagnosticsOptions> options, LogPatternMatcher patterns, TimeProvider time) : IJobStoreCollector
{
    private const int Interrupted = 9;

    private readonly CliplyDiagnosticsOptions _options = options.Value;

    public string Name => "sqlite";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Workers, SnapshotSection.Queue, SnapshotSection.Database];

    /// <summary>A file is this machine's.</summary>
    public string Identity { get; } = $"{System.Environment.MachineName} {Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource)}";

    public Task<JobStoreReply?> ReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            var start = time.GetTimestamp();
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            Scalar(connection, "select count(*) from sqlite_schema");
            return Task.FromResult<JobStoreReply?>(new JobStoreReply(time.GetUtcNow(), time.GetElapsedTime(start).TotalMilliseconds));
        }
        catch (SqliteException)
        {
            // The collection that follows says why.
            return Task.FromResult<JobStoreReply?>(null);
        }
    }

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // Less than the collector's deadline, so that a slow count is told from a file that can't be read.
        using var budget = new CancellationTokenSource(_options.CollectorDeadline * 0.85, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            return Task.FromResult(Collect(either.Token));
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == Interrupted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slow = new SectionFailure(SectionFailure.Timeout, "reading the job table took too long");
            return Task.FromResult(new CollectedEvidence { Database = Ok(null), Workers = slow, Queue = slow });
        }
        catch (SqliteException exception)
        {
            return Task.FromResult(SqliteFailures.Of(exception).ToEvidence());
        }
    }

    // SQLite has no catalog of worker functions, and nobody looks for an index in it.
    private static DatabaseEvidence Ok(double? latency) => new() { Status = DatabaseStatus.Ok, LatencyMilliseconds = latency, MissingFunctions = [] };

    private CollectedEvidence Collect(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();

        // SQLite runs on this thread and knows no token; what runs for too long is interrupted from another.
        using var interrupting = cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle));
        using var transaction = connection.BeginTransaction(deferred: true);
        var store = _options.JobStore;
        var existing = ColumnsOf(connection, store.Table);
        if (existing.Count == 0)
        {
            return new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the table {store.Table} is not there").ToEvidence();
        }

        if (JobColumns.Resolve(existing, store.Columns, out var missing) is not { } columns)
        {
            return new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the table {store.Table} has no {missing}").ToEvidence();
        }

        var statements = new SqliteStatements(store.Table, columns, store.CountingCap);
        var now = Time(Scalar(connection, "select unixepoch('now', 'subsec')"))!.Value;
        var latency = time.GetElapsedTime(start).TotalMilliseconds;
        var numbers = new JobStoreNumbers(now, store.CountingCap);
        ReadCounts(connection, statements, numbers, store.CountingCap);
        ReadWorkers(connection, statements, numbers, columns, FindWorkersTable(connection));
        if (statements.DeadLetteredLastHour is { } deadLettered)
        {
            numbers.SetDeadLetteredLastHour((long)Scalar(connection, deadLettered)!);
        }

        if (ColumnsOf(connection, store.EventsTable).IsSupersetOf(["id", "stage", "created_at"]))
        {
            ReadRates(connection, statements.Rates(store.EventsTable), numbers);
        }

        return numbers.ToEvidence(
            statements.Errors is { } errors ? ReadErrors(connection, errors) : null,
            Ok(latency));
    }

    private static HashSet<string> ColumnsOf(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select name from pragma_table_info($table)";
        command.Parameters.AddWithValue("$table", table);
        using var reader = command.ExecuteReader();
        var columns = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }

    private static void ReadCounts(SqliteConnection connection, SqliteStatements statements, JobStoreNumbers numbers, int cap)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statements.Counts;
        using var reader = command.ExecuteReader();
        var rows = new List<(string Sort, string Kind, long Count, DateTimeOffset? Oldest)>();
        while (reader.Read())
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2), Time(reader.GetValue(3))));
        }

        foreach (var sort in rows.GroupBy(r => r.Sort, StringComparer.Ordinal))
        {
            // One row more than the cap was read, only to see that there are more.
            var isOver = sort.Sum(r => r.Count) > cap;
            var extra = isOver ? sort.MaxBy(r => r.Count).Kind : null;
            foreach (var row in sort)
            {
                numbers.AddCount(row.Sort, row.Kind, row.Count - (row.Kind == extra ? 1 : 0), row.Oldest, isOver);
            }
        }
    }

    /// <summary>The table in which workers announce themselves; null where it is not there or nobody ever did.</summary>
    private string? FindWorkersTable(SqliteConnection connection)
    {
        var table = _options.JobStore.WorkersTable;
        if (!ColumnsOf(connection, table).IsSupersetOf(["number", "id", "running_jobs", "beat_at"]) || ColumnsOf(connection, "sqlite_sequence").Count == 0)
        {
            return null;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "select exists (select 1 from sqlite_sequence where name = $table and seq > 0)";
        command.Parameters.AddWithValue("$table", table);
        return (long)command.ExecuteScalar()! == 1 ? table : null;
    }

    private void ReadWorkers(SqliteConnection connection, SqliteStatements statements, JobStoreNumbers numbers, JobColumns columns, string? workersTable)
    {
        var tellsBeats = columns.HeartbeatAt is not null || columns.LockedAt is not null;
        using var command = connection.CreateCommand();
        command.CommandText = workersTable is null ? statements.Workers : statements.AnnouncedWorkers(workersTable);
        command.Parameters.AddWithValue("$stale", _options.Thresholds.HeartbeatStale.TotalSeconds);
        command.Parameters.AddWithValue("$retained", _options.JobStore.WorkersRetainedFor.TotalSeconds);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (!reader.IsDBNull(0))
            {
                numbers.AddWorker(reader.GetString(0), reader.GetInt64(1), Time(reader.GetValue(3)));
                continue;
            }

            long? staleRunning = tellsBeats ? reader.GetInt64(2) : null;
            if (workersTable is null)
            {
                numbers.SetWorkers(reader.GetInt64(4), tellsBeats ? reader.GetInt64(5) : null, staleRunning, Time(reader.GetValue(3)));
            }
            else
            {
                var (active, announced) = (reader.GetInt64(4), reader.GetInt64(6));
                numbers.SetAnnouncedWorkers(active, tellsBeats || active == announced ? reader.GetInt64(5) : null, staleRunning, Time(reader.GetValue(3)), announced, reader.GetInt64(7));
            }
        }
    }

    private static void ReadRates(SqliteConnection connection, string sql, JobStoreNumbers numbers)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        reader.Read();
        numbers.SetRates(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(3));
    }

    private IReadOnlyList<QueueError> ReadErrors(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var groups = new JobErrorGroups(patterns);
        while (reader.Read())
        {
            groups.Add(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), Time(reader.GetValue(2)));
        }

        return groups.ToList();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static DateTimeOffset? Time(object? unixSeconds) => unixSeconds switch
    {
        double seconds => DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        long seconds => DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        _ => null,
    };
}
