using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>
/// Looks for single jobs and dead letters, in read-only transactions with limits of their own. What no index leads to is not
/// looked for in a large table; the index that would is named instead. Ages are by the database's clock.
/// </summary>
/// <param name="source">Where the job store is.</param>
/// <param name="options">The job table.</param>
/// <param name="deadline">How long one look may take.</param>
/// <param name="patterns">What errors are recognised by.</param>
/// <param name="time">What the deadline runs by.</param>
internal sealed class PostgresJobLookup(PostgresConnectionSource source, JobStoreOptions options, TimeSpan deadline, LogPatternMatcher patterns, TimeProvider time)
{
    private const int SmallRows = 50_000;
    private const long SmallBytes = 64 * 1024 * 1024;

    private static readonly string[] ErrorNotes = ["reason", "failed_at", "worker_id"];

    private readonly JobTableReader _catalog = new(options, patterns);

    /// <summary>Less than the deadline, so that a server that ends a statement can still say so.</summary>
    private TimeSpan StatementLimit => deadline * 0.7;

    /// <summary>Looks for the job with an id, or with the only id that starts so.</summary>
    public Task<JobLookup> FindAsync(string id, CancellationToken cancellationToken) =>
        RunAsync((connection, token) => FindAsync(connection, id, token), failure => new JobLookup.Failed(failure), cancellationToken);

    /// <summary>Looks for the newest dead letters.</summary>
    /// <param name="limit">How many are listed; all that are looked at are grouped.</param>
    /// <param name="kind">Only those of this kind; null: of all.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public Task<DeadLetterLookup> ListDeadLettersAsync(int limit, string? kind, CancellationToken cancellationToken) =>
        RunAsync((connection, token) => ListDeadLettersAsync(connection, limit, kind, token), failure => new DeadLetterLookup.Failed(failure), cancellationToken);

    /// <summary>What counting the queue would cost: the index that would save it reading a large table as a whole.</summary>
    /// <returns>Its SQL and the table's estimated rows; null where counting is cheap, and a failure where that can't be told.</returns>
    public Task<CountingCost> FindCountingCostAsync(CancellationToken cancellationToken) =>
        RunAsync(FindCountingCostAsync, failure => new CountingCost.Failed(failure), cancellationToken);

    private async Task<T> RunAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> look, Func<JobStoreFailure, T> failed, CancellationToken cancellationToken)
    {
        if (source.DataSource is not { } dataSource)
        {
            return failed(new JobStoreFailure(DatabaseStatus.Error, source.Problem!));
        }

        using var budget = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            // Opening ignores its token once TCP is accepted.
            return await LookAsync(dataSource, look, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or SocketException or IOException or AuthenticationException or InvalidCastException)
        {
            return failed(PostgresFailures.Of(exception));
        }
    }

    private static async Task<T> LookAsync<T>(NpgsqlDataSource dataSource, Func<NpgsqlConnection, CancellationToken, Task<T>> look, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await look(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JobLookup> FindAsync(NpgsqlConnection connection, string given, CancellationToken cancellationToken)
    {
        var (table, shape, failure) = await ReadTableAsync(connection, cancellationToken).ConfigureAwait(false);
        if (table is null || shape is null)
        {
            return new JobLookup.Failed(failure!);
        }

        if (JobIdSearch.Create(shape.IdType, given, out var problem) is not { } search)
        {
            return new JobLookup.Malformed(problem!);
        }

        var plans = await ExplainAsync(connection, cancellationToken, IndexQuestions(table, shape)).ConfigureAwait(false);
        if (!shape.IsSmall && !plans[Question.Id])
        {
            return new JobLookup.Unindexed(LookupStatements.IdIndex(table));
        }

        var (id, notFound) = await FindIdAsync(connection, table, shape, search, startsAreIndexed: shape.IsSmall || plans[Question.IdStart], cancellationToken).ConfigureAwait(false);
        if (id is null)
        {
            return notFound!;
        }

        var eventsQuestion = !AreEventsKept(table, shape) ? (JobEvents?)new JobEvents.NotKept()
            : !CanBeNamedByEvents(id, shape) ? new JobEvents.Known([], 0)
            : !shape.AreEventsFew && !plans[Question.Events] ? new JobEvents.Unindexed(LookupStatements.EventsIndex(table, options.EventsTable))
            : null;
        return await ReadDetailsAsync(connection, table, shape, id, eventsQuestion, cancellationToken).ConfigureAwait(false) is { } details
            ? new JobLookup.Found(details)
            : new JobLookup.NotFound(table.MayHideJobs, OnlyWholeIds: false);
    }

    private async Task<(string? Id, JobLookup? NotFound)> FindIdAsync(NpgsqlConnection connection, JobTable table, JobRowShape shape, JobIdSearch search, bool startsAreIndexed, CancellationToken cancellationToken)
    {
        await using var batch = Sql.BeginReadOnly(connection, StatementLimit);
        if (search.Whole is { } whole)
        {
            Sql.Add(batch, LookupStatements.Matches(table, LookupStatements.IdIs(shape.IdType)), whole);
        }

        if (search.From is { } from && startsAreIndexed)
        {
            if (search.To is { } to)
            {
                Sql.Add(batch, LookupStatements.Matches(table, LookupStatements.IdStarts(shape.IdType)), from, to);
            }
            else
            {
                Sql.Add(batch, LookupStatements.Matches(table, LookupStatements.IdStarts(shape.IdType)), JobIdSearch.Pattern(from));
            }
        }

        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var matches = new List<JobMatch>();
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // A whole id is meant even where others start with it.
            if (search.Whole is not null && matches.Count > 0)
            {
                continue;
            }

            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                matches.Add(new JobMatch(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
            }
        }

        return matches switch
        {
            [] => (null, new JobLookup.NotFound(table.MayHideJobs, OnlyWholeIds: shape.IdType == JobIdType.Number || !startsAreIndexed)),
            [var only] => (only.Id, null),
            _ => (null, new JobLookup.Ambiguous([.. matches.Take(LookupStatements.MaxMatches).Select(Published)], matches.Count > LookupStatements.MaxMatches)),
        };

        JobMatch Published(JobMatch match) => new(Name(match.Id), Name(match.Kind), Name(match.State));
    }

    private async Task<JobDetails?> ReadDetailsAsync(NpgsqlConnection connection, JobTable table, JobRowShape shape, string id, JobEvents? events, CancellationToken cancellationToken)
    {
        await using var batch = Sql.BeginReadOnly(connection, StatementLimit);
        Sql.Add(batch, LookupStatements.Details(table, shape), id);
        if (events is null)
        {
            Sql.Add(batch, LookupStatements.Events(table, shape), id);
        }

        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var json = reader.TextOrNull(15);
        var notes = json is null ? new Dictionary<string, string>() : JobDocument.ReadTexts(json);
        var error = reader.TextOrNull(14) ?? notes.GetValueOrDefault("message") ?? json;
        var details = new JobDetails
        {
            Now = reader.GetFieldValue<DateTimeOffset>(0),
            Table = table,
            Shape = shape,
            Id = reader.GetString(1),
            Kind = Name(reader.TextOrNull(2)),
            State = Name(reader.TextOrNull(3)),
            Meaning = MeaningOf(reader.TextOrNull(3)),
            Priority = reader.WholeOrNull(4),
            Attempts = reader.WholeOrNull(5),
            MaxAttempts = reader.WholeOrNull(6),
            WorkspaceId = reader.TextOrNull(7) is { } workspace ? Name(workspace) : null,
            RunAt = reader.TimeOrNull(8),
            CreatedAt = reader.TimeOrNull(9),
            UpdatedAt = reader.TimeOrNull(10),
            LockedAt = reader.TimeOrNull(11),
            LockedBy = reader.TextOrNull(12) is { } worker ? Name(worker) : null,
            HeartbeatAt = reader.TimeOrNull(13),
            Error = patterns.Sample(error, isCut: error?.Length >= JobErrorGroups.ErrorLength, JobErrorGroups.ErrorLength),
            ErrorPattern = error is null ? null : patterns.FirstMatch(error),
            ErrorNotes = ErrorNotes.Where(notes.ContainsKey).ToDictionary(n => n, n => patterns.Sample(notes[n], isCut: false)!),
            Payload = Document(16),
            Result = Document(18),
            Events = events ?? new JobEvents.Known([], 0),
        };
        if (events is not null)
        {
            return details;
        }

        var items = new List<JobEvent>();
        long total = 0;
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            items.Add(new JobEvent(reader.TimeOrNull(0), Name(reader.TextOrNull(1)), reader.TextOrNull(2) is { } data and not "{}" ? patterns.Sample(data, isCut: data.Length >= JobErrorGroups.ErrorLength, 200) : null));
            total = reader.GetInt64(3);
        }

        items.Reverse();
        return details with { Events = new JobEvents.Known(items, total) };

        JobDocument? Document(int column) => reader.TextOrNull(column) is { } start ? JobDocument.Read(start, reader.GetInt64(column + 1), patterns) : null;
    }

    private async Task<DeadLetterLookup> ListDeadLettersAsync(NpgsqlConnection connection, int limit, string? kind, CancellationToken cancellationToken)
    {
        var (table, shape, failure) = await ReadTableAsync(connection, cancellationToken).ConfigureAwait(false);
        if (table is null || shape is null)
        {
            return new DeadLetterLookup.Failed(failure!);
        }

        if (!table.States.Contains(JobStates.DeadLetter[0]))
        {
            return new DeadLetterLookup.Failed(new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the column {table.Columns.State} of the table {table.Schema}.{table.Table} can't say {JobStates.DeadLetter[0]}: this job store keeps no dead letters"));
        }

        if (!shape.IsSmall)
        {
            var plans = await ExplainAsync(connection, cancellationToken, (Question.DeadLetters, LookupStatements.Plans.DeadLetters(table, shape), JobStates.DeadLetter[0])).ConfigureAwait(false);
            if (!plans[Question.DeadLetters])
            {
                return new DeadLetterLookup.Unindexed(LookupStatements.DeadLetterIndex(table));
            }
        }

        var cap = options.CountingCap;
        object[] parameters = kind is null ? [] : [kind];
        await using var batch = Sql.BeginReadOnly(connection, StatementLimit);
        Sql.Add(batch, "select now()");
        Sql.Add(batch, LookupStatements.CountDeadLetters(table, shape, kind is not null, cap), parameters);
        Sql.Add(batch, LookupStatements.DeadLetters(table, shape, kind is not null, Math.Max(limit, DeadLetterList.NewestExamined)), parameters);
        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var now = reader.GetFieldValue<DateTimeOffset>(0);

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var total = reader.GetInt64(0);

        var rows = new List<DeadLetter>();
        var groups = new DeadLetterGroups(patterns);
        long examined = 0;
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var error = reader.TextOrNull(5) ?? (reader.TextOrNull(6) is { } json ? JobDocument.ReadTexts(json).GetValueOrDefault("message") ?? json : null);
            var pattern = error is null ? null : patterns.FirstMatch(error);
            var deadSince = reader.TimeOrNull(4);
            examined++;
            groups.Add(pattern, reader.GetString(1), error, deadSince);
            if (rows.Count < limit)
            {
                rows.Add(new DeadLetter
                {
                    Id = Name(reader.TextOrNull(0)),
                    Kind = Name(reader.GetString(1)),
                    Attempts = reader.WholeOrNull(2),
                    MaxAttempts = reader.WholeOrNull(3),
                    DeadSince = deadSince,
                    Pattern = pattern,
                    Error = patterns.Sample(error, isCut: error?.Length >= JobErrorGroups.ErrorLength),
                });
            }
        }

        return new DeadLetterLookup.Found(new DeadLetterList
        {
            Now = now,
            Rows = rows,
            Groups = groups.ToList(Name),
            Examined = examined,
            Total = Math.Min(total, cap),
            IsTotalLowerBound = total > cap,
            MayHideSome = table.MayHideJobs,
        });
    }

    private async Task<CountingCost> FindCountingCostAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (table, shape, failure) = await ReadTableAsync(connection, cancellationToken).ConfigureAwait(false);
        if (table is null || shape is null)
        {
            return new CountingCost.Failed(failure!);
        }

        return shape.IsSmall || await JobTableReader.IsIndexedAsync(connection, table, StatementLimit, cancellationToken).ConfigureAwait(false)
            ? new CountingCost.Small()
            : new CountingCost.Scan(JobStoreStatements.AdvisedIndex(table), shape.Rows);
    }

    private async Task<(JobTable? Table, JobRowShape? Shape, JobStoreFailure? Failure)> ReadTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (table, failure) = await _catalog.ReadTableAsync(connection, StatementLimit, cancellationToken).ConfigureAwait(false);
        if (table is null)
        {
            return (null, null, failure);
        }

        var shape = await ReadShapeAsync(connection, table, cancellationToken).ConfigureAwait(false);
        return shape.Columns.ContainsKey(JobRowShape.Id)
            ? (table, shape, null)
            : (null, null, new JobStoreFailure(DatabaseStatus.SchemaMissing, $"the table {table.Schema}.{table.Table} has no column {JobRowShape.Id} that the role may read"));
    }

    private async Task<JobRowShape> ReadShapeAsync(NpgsqlConnection connection, JobTable table, CancellationToken cancellationToken)
    {
        await using var batch = Sql.BeginReadOnly(connection, StatementLimit);
        Sql.Add(batch, LookupStatements.Columns, options.Schema, options.Table);
        Sql.Add(batch, LookupStatements.Columns, options.Schema, options.EventsTable);
        Sql.Add(batch, LookupStatements.Size, options.Schema, options.Table);
        Sql.Add(batch, LookupStatements.Size, options.Schema, options.EventsTable);
        Sql.Add(batch, LookupStatements.HasRecovery, options.Schema);
        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var (columns, unreadable, stateDefault) = await ReadColumnsAsync().ConfigureAwait(false);
        var (eventColumns, _, _) = await ReadColumnsAsync().ConfigureAwait(false);
        var (rows, isSmall) = await ReadSizeAsync().ConfigureAwait(false);
        var (_, areEventsFew) = await ReadSizeAsync().ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return new JobRowShape
        {
            Columns = columns,
            Unreadable = unreadable,
            StateDefault = stateDefault,
            Rows = rows,
            IsSmall = isSmall,
            EventColumns = eventColumns,
            AreEventsFew = areEventsFew,
            HasRecovery = reader.GetBoolean(0),
        };

        async Task<(Dictionary<string, string> Readable, List<string> Unreadable, string? StateDefault)> ReadColumnsAsync()
        {
            var readable = new Dictionary<string, string>(StringComparer.Ordinal);
            var others = new List<string>();
            string? expression = null;
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var name = reader.GetString(0);
                if (reader.GetBoolean(2))
                {
                    readable[name] = reader.GetString(1);
                }
                else
                {
                    others.Add(name);
                }

                expression = name == table.Columns.State ? reader.TextOrNull(3) : expression;
            }

            return (readable, others, expression);
        }

        async Task<(long? Rows, bool IsSmall)> ReadSizeAsync()
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var (size, bytes) = (reader.WholeOrNull(0), reader.WholeOrNull(1));
            return (size, size < SmallRows && bytes < SmallBytes);
        }
    }

    /// <summary>What is asked of the table's indexes.</summary>
    private enum Question
    {
        Id,
        IdStart,
        Events,
        DeadLetters,
    }

    private static (Question Question, string Statement, string Filtered)[] IndexQuestions(JobTable table, JobRowShape shape)
    {
        var questions = new List<(Question, string, string)> { (Question.Id, LookupStatements.Plans.Id(table, shape.IdType), "id") };
        if (shape.IdType == JobIdType.Text)
        {
            questions.Add((Question.IdStart, LookupStatements.Plans.IdStart(table), "id"));
        }

        if (AreEventsKept(table, shape))
        {
            questions.Add((Question.Events, LookupStatements.Plans.Events(table, shape), "job_id"));
        }

        return [.. questions];
    }

    /// <summary>Whether the id is one that the events' column can hold.</summary>
    private static bool CanBeNamedByEvents(string id, JobRowShape shape) => LookupStatements.EventJobIdType(shape) switch
    {
        "uuid" => Guid.TryParse(id, out _),
        "bigint" => long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        _ => true,
    };

    private static bool AreEventsKept(JobTable table, JobRowShape shape) => table.Events is not null && shape.EventColumns.ContainsKey("job_id");

    /// <summary>Whether an index serves each statement. UUIDs that start alike are a range of the index that leads to one.</summary>
    private async Task<Dictionary<Question, bool>> ExplainAsync(NpgsqlConnection connection, CancellationToken cancellationToken, params (Question Question, string Statement, string Filtered)[] questions)
    {
        await using var batch = Sql.BeginReadOnly(connection, StatementLimit, ("enable_seqscan", "off"));
        foreach (var (_, statement, _) in questions)
        {
            Sql.Add(batch, $"explain (format json) {statement}");
        }

        Sql.Add(batch, "commit");
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var answers = new Dictionary<Question, bool>();
        foreach (var (question, _, filtered) in questions)
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            answers[question] = IndexPlans.Serves(reader.GetString(0), filtered);
        }

        answers.TryAdd(Question.IdStart, answers.GetValueOrDefault(Question.Id));
        return answers;
    }

    private static JobState MeaningOf(string? state) => state switch
    {
        null => JobState.Unknown,
        _ when JobStates.Waiting.Contains(state) => JobState.Waiting,
        _ when JobStates.Running.Contains(state) => JobState.Running,
        _ when JobStates.Failed.Contains(state) => JobState.Failed,
        _ when JobStates.DeadLetter.Contains(state) => JobState.DeadLetter,
        _ when JobStates.Done.Contains(state) => JobState.Done,
        _ when JobStates.Cancelled.Contains(state) => JobState.Cancelled,
        _ => JobState.Unknown,
    };

    private string Name(string? text) => patterns.Sample(text, isCut: text?.Length >= LookupStatements.NameLength, 200) ?? "";
}
