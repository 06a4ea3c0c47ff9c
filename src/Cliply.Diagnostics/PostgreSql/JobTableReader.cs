using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>Looks at the catalog: which table, columns, functions, indexes and policies there are, and which errors jobs ended with.</summary>
internal sealed class JobTableReader(JobStoreOptions options, LogPatternMatcher patterns)
{
    private static readonly string[] WorkerFunctions =
        ["worker_claim_next_job", "worker_heartbeat", "worker_finish", "worker_fail", "worker_recover_stuck_jobs"];

    /// <summary>Functions that take the worker's id: the first argument of a claim, the second of the others.</summary>
    private static readonly string[] TakingAWorker = ["worker_claim_next_job", "worker_heartbeat", "worker_finish", "worker_fail"];

    private const string TableSql = """
        select c.oid,
               has_any_column_privilege(c.oid, 'select'),
               row_security_active(c.oid),
               exists (select 1 from pg_policy p
                       where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*')
                         and exists (select 1 from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage'))),
               exists (select 1 from pg_policy p
                       where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*') and pg_get_expr(p.polqual, p.polrelid) = 'true'
                         and exists (select 1 from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage')))
               and not exists (select 1 from pg_policy p where p.polrelid = c.oid and not p.polpermissive),
               greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)) > 0 or pg_relation_size(c.oid) > 0
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
        """;

    private const string ColumnsSql = """
        select a.attname, t.typname, (select n2.nspname from pg_namespace n2 where n2.oid = t.typnamespace), array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid), a.attnotnull
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
        """;

    private const string FunctionsSql = """
        select p.proname, coalesce((p.proargtypes::oid[])[case p.proname when 'worker_claim_next_job' then 0 else 1 end] = 'uuid'::regtype, false)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = $1 and p.proname = any($2)
        """;

    private const string EventsSql = """
        select has_any_column_privilege(c.oid, 'select')
               and (select count(*) = 3 from pg_attribute a where a.attrelid = c.oid and a.attname in ('id', 'stage', 'created_at') and not a.attisdropped)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
        """;

    // Rows that row-level security hides would be workers that are not there: that a role sees all is certain only without
    // it, or with a policy that says so. A table that nobody ever wrote to says nothing of the workers: none announces itself.
    private const string WorkersSql = """
        select k.exist, k.may_be_read, not row_security_active(c.oid) or s.show_all, pg_stat_get_tuples_inserted(c.oid) > 0 or pg_relation_size(c.oid) > 0
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        cross join lateral (
          select count(*) = 3 as exist, coalesce(bool_and(has_column_privilege(c.oid, a.attnum, 'select')), false) as may_be_read
          from pg_attribute a where a.attrelid = c.oid and a.attname in ('id', 'running_jobs', 'beat_at') and not a.attisdropped) k
        cross join lateral (
          select coalesce(bool_or(p.polpermissive and pg_get_expr(p.polqual, p.polrelid) = 'true') and bool_and(p.polpermissive), false) as show_all
          from pg_policy p
          where p.polrelid = c.oid and p.polcmd in ('r', '*') and exists (select 1 from unnest(p.polroles) r where r = 0 or pg_has_role(r, 'usage'))) s
        where n.nspname = $1 and c.relname = $2 and c.relkind = 'r'
        """;

    // A monitoring role that is read-only by its own setting is good practice and says nothing of the database.
    private const string ReadOnlySql = """
        select pg_is_in_recovery()
               or exists (select 1 from pg_settings where name = 'default_transaction_read_only' and setting = 'on' and source not in ('user', 'database user', 'session', 'client'))
        """;

    /// <summary>Looks at the catalog, and at the newest errors.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="limit">How long one statement may take.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The table, or why it can't be read.</returns>
    public async Task<(JobTable? Table, JobStoreFailure? Failure)> ReadAsync(NpgsqlConnection connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (table, failure) = await ReadTableAsync(connection, limit, cancellationToken).ConfigureAwait(false);
        if (table is null)
        {
            return (null, failure);
        }

        var isIndexed = await IsIndexedAsync(connection, table, limit, cancellationToken).ConfigureAwait(false);
        return (table with
        {
            // Walking the index from kind to kind passes over jobs that have none.
            IsIndexed = isIndexed && (table.IsKindRequired || !await HasJobsWithoutKindAsync(connection, table, limit, cancellationToken).ConfigureAwait(false)),
            MissingIndexes = isIndexed ? [] : [new MissingIndex { Purpose = "waiting, running and failed jobs", Sql = JobStoreStatements.AdvisedIndex(table) }],
            Errors = await ReadErrorsAsync(connection, table, limit, cancellationToken).ConfigureAwait(false),
        }, null);
    }

    /// <summary>Looks at the catalog alone: neither at jobs' indexes nor at their errors.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<(JobTable? Table, JobStoreFailure? Failure)> ReadTableAsync(NpgsqlConnection connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (table, security, failure) = await ReadShapeAsync(connection, limit, cancellationToken).ConfigureAwait(false);
        if (table is null)
        {
            return (null, failure);
        }

        return await IsAnyRowVisibleAsync(connection, table, security, limit, cancellationToken).ConfigureAwait(false)
            ? (table with { MayHideJobs = security.IsActive && !security.ShowsEverything }, null)
            : (null, new JobStoreFailure(DatabaseStatus.PermissionDenied, "row-level security hides every job from this role; give it a policy for select, or BYPASSRLS"));
    }

    private sealed record RowSecurity(bool IsActive, bool HasPolicy, bool ShowsEverything, bool HasRows);

    private async Task<(JobTable? Table, RowSecurity Security, JobStoreFailure? Failure)> ReadShapeAsync(NpgsqlConnection connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var batch = Sql.BeginReadOnly(connection, limit);
        Sql.Add(batch, TableSql, options.Schema, options.Table);
        Sql.Add(batch, ColumnsSql, options.Schema, options.Table);
        Sql.Add(batch, FunctionsSql, options.Schema, WorkerFunctions);
        Sql.Add(batch, EventsSql, options.Schema, options.EventsTable);
        Sql.Add(batch, ReadOnlySql);
        Sql.Add(batch, WorkersSql, options.Schema, options.WorkersTable);
        Sql.Add(batch, "commit");

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return (null, new RowSecurity(false, false, false, false), new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the table {options.Schema}.{options.Table} is not there"));
        }

        var mayRead = reader.GetBoolean(1);
        var security = new RowSecurity(reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5));
        if (!mayRead)
        {
            return (null, security, new JobStoreFailure(DatabaseStatus.PermissionDenied, "the role may not read the job store; grant it SELECT", PostgresErrorCodes.InsufficientPrivilege));
        }

        var columns = new Dictionary<string, (string Type, string TypeSchema, string[] Labels, bool IsRequired)>(StringComparer.Ordinal);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            columns[reader.GetString(0)] = (reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3), reader.GetBoolean(4));
        }

        var resolved = JobColumns.Resolve(columns.Keys.ToHashSet(StringComparer.Ordinal), options.Columns, out var missing);
        if (resolved is null)
        {
            return (null, security, new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the table {options.Schema}.{options.Table} has no {missing}"));
        }

        var functions = new List<(string Name, bool TakesUuid)>();
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            functions.Add((reader.GetString(0), reader.GetBoolean(1)));
        }

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var hasEvents = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.GetBoolean(0);

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var isReadOnly = reader.GetBoolean(0);

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var (workers, workersProblem) = await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? WorkersOf(reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3))
            : (null, null);

        var (stateType, stateTypeSchema, labels, _) = columns[resolved.State];
        if (labels.Length > 0 && !JobStates.Unfinished.Any(labels.Contains))
        {
            return (null, security, new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the column {resolved.State} of the table {options.Schema}.{options.Table} has none of the states {string.Join(", ", JobStates.Unfinished)}; map another column by the option JobStore:Columns:State"));
        }

        var table = new JobTable
        {
            Schema = options.Schema,
            Table = options.Table,
            Columns = resolved,
            States = labels.Length > 0 ? labels.ToHashSet(StringComparer.Ordinal) : JobStates.Unfinished.ToHashSet(StringComparer.Ordinal),
            StateType = labels.Length > 0 ? Sql.Name(stateTypeSchema, stateType) : null,
            IsKindRequired = columns[resolved.Kind].IsRequired,
            IsRunAtRequired = resolved.RunAt is not null && columns[resolved.RunAt].IsRequired,
            Events = hasEvents ? Sql.Name(options.Schema, options.EventsTable) : null,
            Workers = workers,
            WorkersProblem = workersProblem,
            IsReadOnly = isReadOnly,
            MissingFunctions = MissingFunctions(functions, workerIsText: columns[resolved.LockedBy].Type != "uuid"),
        };
        return (table, security, null);
    }

    private (string? Table, string? Problem) WorkersOf(bool columnsExist, bool mayBeRead, bool showsAll, bool wasUsed) => (columnsExist, mayBeRead, showsAll, wasUsed) switch
    {
        (false, _, _, _) => (null, $"the table {options.Schema}.{options.WorkersTable} has other columns than deploy/sql/cliply_workers.postgresql.sql gives it"),
        (_, false, _, _) => (null, $"the role may not read the table {options.Schema}.{options.WorkersTable}; grant it SELECT"),
        (_, _, false, _) => (null, $"row-level security may hide rows of the table {options.Schema}.{options.WorkersTable} from the role; give it a policy for select using (true), or BYPASSRLS"),
        (_, _, _, false) => (null, null),
        _ => (Sql.Name(options.Schema, options.WorkersTable), null),
    };

    /// <summary>
    /// Where some of the worker functions exist, all should. One that takes a uuid where the workers pass their text id can't
    /// be called, and is as good as missing.
    /// </summary>
    private static IReadOnlyList<string> MissingFunctions(List<(string Name, bool TakesUuid)> functions, bool workerIsText) =>
        functions.Count == 0 ? [] :
        [
            .. WorkerFunctions.Where(name => functions.All(f =>
                f.Name != name || (workerIsText && f.TakesUuid && TakingAWorker.Contains(name)))),
        ];

    /// <summary>Whether row-level security leaves this role any row, where there are rows; a role without a policy reads none.</summary>
    private static async Task<bool> IsAnyRowVisibleAsync(NpgsqlConnection connection, JobTable table, RowSecurity security, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!security.IsActive || security.ShowsEverything)
        {
            return true;
        }

        if (!security.HasPolicy)
        {
            return false;
        }

        if (!security.HasRows)
        {
            return true;
        }

        await using var batch = Sql.BeginReadOnly(connection, limit);
        Sql.Add(batch, $"select exists (select 1 from {table.QuotedTable})");
        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return reader.GetBoolean(0);
    }

    private static async Task<bool> HasJobsWithoutKindAsync(NpgsqlConnection connection, JobTable table, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var batch = Sql.BeginReadOnly(connection, limit);
        Sql.Add(batch, JobStoreStatements.HasJobsWithoutKind(table));
        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return reader.GetBoolean(0);
    }

    /// <summary>Asks the planner, with everything but index scans forbidden, whether an index leads to the kinds of one state in order.</summary>
    public static async Task<bool> IsIndexedAsync(NpgsqlConnection connection, JobTable table, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var batch = Sql.BeginReadOnly(connection, limit, ("enable_seqscan", "off"), ("enable_bitmapscan", "off"), ("enable_sort", "off"));
        Sql.Add(batch, $"explain (format json) {JobStoreStatements.FirstKind(table, Sql.Literal(JobStates.Unfinished.First(table.States.Contains)))}");
        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var plan = reader.GetString(0);
        return plan.Contains("\"Index", StringComparison.Ordinal)
            && !plan.Contains("\"Seq Scan\"", StringComparison.Ordinal)
            && !plan.Contains("\"Sort\"", StringComparison.Ordinal)
            && !plan.Contains("\"Incremental Sort\"", StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<QueueError>?> ReadErrorsAsync(NpgsqlConnection connection, JobTable table, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (JobStoreStatements.NewestErrors(table) is not { } statement)
        {
            return null;
        }

        var groups = new JobErrorGroups(patterns);
        try
        {
            // Without an index this scans, and the queue itself is still to be read within the budget.
            await using var batch = Sql.BeginReadOnly(connection, limit / 3);
            Sql.Add(batch, statement);
            Sql.Add(batch, "commit");
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                groups.Add(
                    reader.GetString(0),
                    await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(1),
                    await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? null : reader.GetFieldValue<DateTimeOffset>(2));
            }
        }
        catch (Exception exception) when (PostgresFailures.IsSlowStatement(exception))
        {
            // Too slow to read the errors is no reason to know nothing of the queue.
            await Rollback.IfNeededAsync(connection, cancellationToken).ConfigureAwait(false);
            return null;
        }

        return groups.ToList();
    }
}
