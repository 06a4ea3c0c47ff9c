using System.Globalization;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>
/// The statements that read the queue. Counting stops at a cap. With the advised index every count walks the index, kind by
/// kind, so that a rare kind is seen behind ten thousand jobs of another; without it, one scan counts everything.
/// </summary>
internal static class JobStoreStatements
{
    /// <summary>How many workers are named.</summary>
    public const int MaxWorkers = 100;

    /// <summary>
    /// Heartbeats are left out on purpose: an index on a column that changes every few seconds would make every heartbeat
    /// write to it.
    /// </summary>
    public static string AdvisedIndex(JobTable table)
    {
        var columns = table.Columns;
        var keys = columns.RunAt is null ? $"{Sql.Name(columns.State)}, {Sql.Name(columns.Kind)}" : $"{Sql.Name(columns.State)}, {Sql.Name(columns.Kind)}, {Sql.Name(columns.RunAt)}";
        return $"create index concurrently if not exists {Sql.Name($"{Shortened(table.Table)}_unfinished")} on {table.QuotedTable} ({keys}) where {Unfinished(table, "")}";
    }

    /// <summary>The first kind that has jobs in one state.</summary>
    public static string FirstKind(JobTable table, string state, string? after = null)
    {
        var kind = $"j.{Sql.Name(table.Columns.Kind)}";
        var greater = after is null ? "" : $" and {kind} > {after}";
        return $"select {kind} from {table.QuotedTable} j where j.{Sql.Name(table.Columns.State)} = {state} and {Unfinished(table, "j.")}{greater} order by {kind} limit 1";
    }

    /// <summary>Whether an unfinished job has no kind.</summary>
    public static string HasJobsWithoutKind(JobTable table) =>
        $"select exists (select 1 from {table.QuotedTable} j where {Unfinished(table, "j.")} and j.{Sql.Name(table.Columns.Kind)} is null)";

    /// <summary>
    /// Rows of (sort, kind, count, oldest due time, whether counting stopped). Each kind gets an equal share of the cap first;
    /// one that needs more gets what the others leave, so that a total within the cap is always exact.
    /// </summary>
    public static string Counts(JobTable table, int cap) => table.IsIndexed ? IndexedCounts(table, cap) : ScannedCounts(table);

    /// <summary>
    /// Rows of (worker, jobs, stale, newest beat, workers, stale workers): first one without a worker's name, for all running
    /// jobs and all workers, then the workers that have been silent for longest.
    /// </summary>
    public static string Workers(JobTable table, int cap)
    {
        var columns = table.Columns;
        var beat = (columns.HeartbeatAt, columns.LockedAt) switch
        {
            ({ } heartbeat, { } locked) => $"coalesce(j.{Sql.Name(heartbeat)}, j.{Sql.Name(locked)})::timestamptz",
            ({ } heartbeat, null) => $"j.{Sql.Name(heartbeat)}::timestamptz",
            (null, { } locked) => $"j.{Sql.Name(locked)}::timestamptz",
            _ => "null::timestamptz",
        };
        var states = table.StatesOf(JobStates.Running);
        var where = states.Length == 0 ? "false" : $"j.{Sql.Name(columns.State)} in ({Sql.Literals(states)})";
        var locks = $"""
              select worker, count(*) as jobs, count(*) filter (where beat_at < (select now() - $1)) as stale, max(beat_at) as beat_at
              from (select j.{Sql.Name(columns.LockedBy)}::text as worker, {beat} as beat_at from {table.QuotedTable} j where {where} limit {Number(cap + 1)}) r
              group by worker
            """;
        return table.Workers is not null ? AnnouncedWorkers(table, locks, cap) : $"""
            with workers as materialized (
            {locks}
            )
            select null, coalesce(sum(jobs), 0)::bigint, coalesce(sum(stale), 0)::bigint, max(beat_at) filter (where worker is not null), count(worker), count(worker) filter (where beat_at < now() - $1) from workers
            union all (select worker, jobs, stale, beat_at, null, null from workers where worker is not null order by beat_at nulls first, worker limit {MaxWorkers})
            """;
    }

    /// <summary>
    /// The same rows, of those that announce themselves as well, and two columns more: how many announced themselves, and how
    /// many did not though they hold a job that is not stale. A worker that says it is idle lives by its own beat. One that
    /// works is judged by its jobs' beats, so that a hung loop shows although its process still beats.
    /// </summary>
    private static string AnnouncedWorkers(JobTable table, string locks, int cap)
    {
        var newest = "greatest(w.beat_at, l.beat_at)";
        var beat = table.Columns.HeartbeatAt is null ? newest : $"case when w.running_jobs = 0 then {newest} else coalesce(l.beat_at, w.beat_at) end";
        return $"""
            with locks as materialized (
            {locks}
            ), workers as materialized (
              select coalesce(w.id, l.worker) as worker, coalesce(w.running_jobs, l.jobs, 0)::bigint as jobs, {beat} as beat_at, w.id is not null as announced
              from (select id::text as id, running_jobs, beat_at from {table.Workers} where beat_at >= now() - $2 limit {Number(cap + 1)}) w
              full join (select worker, jobs, beat_at from locks where worker is not null) l on l.worker = w.id
            )
            select null, (select coalesce(sum(jobs), 0)::bigint from locks), (select coalesce(sum(stale), 0)::bigint from locks), max(beat_at), count(*), count(*) filter (where beat_at < now() - $1),
                   count(*) filter (where announced), count(*) filter (where not announced and (beat_at is null or beat_at >= now() - $1)) from workers
            union all (select worker, jobs, null, beat_at, null, null, null, null from workers order by beat_at nulls first, worker limit {MaxWorkers})
            """;
    }

    /// <summary>
    /// Jobs that became dead letters within the last hour; null where the table does not tell. Compared as a row: the state
    /// alone follows from the partial index, and the planner would drop it and walk the whole index.
    /// </summary>
    public static string? DeadLetteredLastHour(JobTable table, int cap)
    {
        var states = table.StatesOf(JobStates.DeadLetter);
        return table.Columns.UpdatedAt is not { } updatedAt ? null
            : states.Length == 0 ? "select 0::bigint"
            : $"""
                select count(*) from (
                  select 1 from {table.QuotedTable} j where j.{Sql.Name(table.Columns.State)} = {Sql.Literal(states[0])}
                    and (j.{Sql.Name(table.Columns.State)}, j.{Sql.Name(updatedAt)}) > ({Sql.Literal(states[0])}, now() - interval '1 hour') limit {Number(cap + 1)}) x
                """;
    }

    /// <summary>
    /// Claims, completions and failures of the last 5 minutes, and whether there may be more: they are looked for among the
    /// newest events, so that no index on their time is needed.
    /// </summary>
    public static string? EventRates(JobTable table, int cap) => table.Events is null ? null : $"""
        select count(*) filter (where stage = 'claimed'), count(*) filter (where stage = 'finished'), count(*) filter (where stage = 'failed'), count(*) >= {Number(cap)}
        from (select stage::text as stage, created_at from {table.Events} order by id desc limit {Number(cap)}) e
        where created_at > now() - interval '5 minutes'
        """;

    /// <summary>Rows of (kind, error, time) of the newest failures; null where the table keeps no error.</summary>
    public static string? NewestErrors(JobTable table)
    {
        var columns = table.Columns;
        var error = (columns.LastError, columns.ErrorJson) switch
        {
            ({ } text, _) => $"left(j.{Sql.Name(text)}::text, {JobErrorGroups.ErrorLength})",

            // A column of type json can hold \u0000, which makes every function that reads it fail.
            (null, { } json) => $@"left(case when position('\u0000' in j.{Sql.Name(json)}::text) > 0 then j.{Sql.Name(json)}::text else coalesce(to_jsonb(j.{Sql.Name(json)}) ->> 'message', j.{Sql.Name(json)}::text) end, {JobErrorGroups.ErrorLength})",
            _ => null,
        };
        var states = table.StatesOf([.. JobStates.Failed, .. JobStates.DeadLetter]);
        if (error is null || states.Length == 0)
        {
            return null;
        }

        var time = columns.UpdatedAt is { } updatedAt ? $"j.{Sql.Name(updatedAt)}::timestamptz" : "null::timestamptz";
        var newest = columns.UpdatedAt is { } order ? $" order by j.{Sql.Name(order)} desc" : "";

        // A branch a state: each can use an index of its own.
        var branches = states.Select(state =>
            $"(select coalesce(j.{Sql.Name(columns.Kind)}::text, '') as kind, {error} as error, {time} as failed_at from {table.QuotedTable} j where j.{Sql.Name(columns.State)} = {Sql.Literal(state)}{newest} limit {JobErrorGroups.NewestFailures})");
        return $"select kind, error, failed_at from ({string.Join(" union all ", branches)}) e order by failed_at desc nulls last limit {JobErrorGroups.NewestFailures}";
    }

    /// <summary>
    /// The planner's work grows with every subquery, and nothing is prepared behind a pooler: hence one count that is run in
    /// two rounds, not one for each round.
    /// </summary>
    private static string IndexedCounts(JobTable table, int cap)
    {
        var columns = table.Columns;
        var states = Counted(table);
        if (states.Length == 0)
        {
            return NoCounts;
        }

        var sorts = string.Join(", ", states.SelectMany(state => (SortOf(state), columns.RunAt) switch
        {
            ("runnable", not null) => [Sort(state, "runnable", "'-infinity'::timestamptz", "now()"), Sort(state, "scheduled", "now() + interval '1 microsecond'", "'infinity'::timestamptz")],
            ({ } sort, _) => new[] { Sort(state, sort, "'-infinity'::timestamptz", "'infinity'::timestamptz") },
        }));
        var jobs = $"from {table.QuotedTable} j where j.{Sql.Name(columns.State)} = c.state and {Unfinished(table, "j.")} and j.{Sql.Name(columns.Kind)} = c.kind";
        var created = columns.CreatedAt is { } createdAt ? $"j.{Sql.Name(createdAt)}::timestamptz" : "null::timestamptz";
        var timed = columns.RunAt is not { } runAt
            ? Count(created, "", "c.next_room + 1")
            : Count($"j.{Sql.Name(runAt)}::timestamptz", $" and j.{Sql.Name(runAt)} >= c.due_from and j.{Sql.Name(runAt)} <= c.due_to order by j.{Sql.Name(runAt)}", "c.next_room + 1");

        // Without a due time, a job that waits is runnable.
        var untimed = columns.RunAt is { } nullable && !table.IsRunAtRequired
            ? Count(created, $" and j.{Sql.Name(nullable)} is null", "case c.sort when 'scheduled' then 0 else c.next_room + 1 end")
            : "(select 0::bigint as n, null::timestamptz as oldest)";
        return $"""
            with recursive kinds(state, sort, due_from, due_to, kind) as (
              select s.state, s.sort, s.due_from, s.due_to, ({FirstKind(table, StateOf(table, "s.state"))}) from (values {sorts}) s(state, sort, due_from, due_to)
              union all
              select k.state, k.sort, k.due_from, k.due_to, ({FirstKind(table, StateOf(table, "k.state"), "k.kind")}) from kinds k where k.kind is not null
            ), counted(round, state, sort, due_from, due_to, kind, room, n, oldest) as (
              select 0, {StateOf(table, "state")}, sort, due_from, due_to, kind, greatest(1, {Number(cap)} / count(*) over (partition by sort)), 0::bigint, null::timestamptz from kinds where kind is not null
              union all
              select c.round + 1, c.state, c.sort, c.due_from, c.due_to, c.kind, c.next_room, timed.n + untimed.n, least(timed.oldest, untimed.oldest)
              from (select r.*, case r.round when 0 then r.room else greatest(r.room, {Number(cap)} - (sum(least(r.n, r.room)) over (partition by r.sort) - least(r.n, r.room)))::bigint end as next_room from counted r) c
              cross join lateral {timed} timed
              cross join lateral {untimed} untimed
              where c.round = 0 or (c.round = 1 and c.n > c.room and c.next_room > c.room)
            ), final as (
              select distinct on (sort, state, kind) sort, kind, room, n, oldest from counted where round > 0 order by sort, state, kind, round desc
            )
            select sort, kind::text, sum(least(n, room))::bigint, min(oldest), bool_or(n > room) from final where n > 0 group by sort, kind
            """;

        string Count(string due, string condition, string limit) => $"(select count(*) as n, min(due_at) as oldest from (select {due} as due_at {jobs}{condition} limit {limit}) x)";

        static string Sort(string state, string sort, string from, string to) => $"({Sql.Literal(state)}, '{sort}', {from}, {to})";
    }

    private static string ScannedCounts(JobTable table)
    {
        var columns = table.Columns;
        var counted = Counted(table);
        if (counted.Length == 0)
        {
            return NoCounts;
        }

        var state = $"j.{Sql.Name(columns.State)}";
        var waiting = Sql.Literals(table.StatesOf(JobStates.Waiting).DefaultIfEmpty(counted[0]));
        var runAt = columns.RunAt is { } column ? $"j.{Sql.Name(column)}" : "null::timestamptz";
        var created = columns.CreatedAt is { } createdAt ? $"j.{Sql.Name(createdAt)}" : "null::timestamptz";
        var isWaiting = table.StatesOf(JobStates.Waiting).Length == 0 ? "false" : $"{state} in ({waiting})";
        var isDead = table.StatesOf(JobStates.DeadLetter).Length == 0 ? "false" : $"{state} in ({Sql.Literals(table.StatesOf(JobStates.DeadLetter))})";
        var isRunning = table.StatesOf(JobStates.Running).Length == 0 ? "false" : $"{state} in ({Sql.Literals(table.StatesOf(JobStates.Running))})";
        return $"""
            select case when {isDead} then 'deadLetter' when {isRunning} then 'running' when not {isWaiting} then 'failed' when {runAt} > now() then 'scheduled' else 'runnable' end as sort,
                   coalesce(j.{Sql.Name(columns.Kind)}::text, ''), count(*), min(coalesce({runAt}, {created}))::timestamptz, false
            from {table.QuotedTable} j where {state} in ({Sql.Literals(counted)})
            group by 1, 2
            """;
    }

    private const string NoCounts = "select null::text, null::text, 0::bigint, null::timestamptz, false where false";

    private static string[] Counted(JobTable table) =>
        [.. table.StatesOf(JobStates.Waiting), .. table.StatesOf(JobStates.Running), .. table.StatesOf(JobStates.Failed), .. table.StatesOf(JobStates.DeadLetter)];

    private static string SortOf(string state) =>
        JobStates.Waiting.Contains(state) ? "runnable" : JobStates.Running.Contains(state) ? "running" : JobStates.Failed.Contains(state) ? "failed" : "deadLetter";

    /// <summary>A state as a value of the column's own type, so that an enum column can use its index.</summary>
    private static string StateOf(JobTable table, string expression) => table.StateType is null ? expression : $"{expression}::{table.StateType}";

    /// <summary>Repeated in every statement, for the planner to see that the partial index holds all rows that are asked for.</summary>
    private static string Unfinished(JobTable table, string prefix) =>
        $"{prefix}{Sql.Name(table.Columns.State)} in ({Sql.Literals(table.StatesOf(JobStates.Unfinished))})";

    private static string Shortened(string table) => table.Length <= 48 ? table : table[..48];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
