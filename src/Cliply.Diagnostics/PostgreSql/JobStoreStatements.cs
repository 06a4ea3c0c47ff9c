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

    /// <summary>
    /// Rows of (sort, kind, count, oldest due time, whether counting stopped). Each kind gets an equal share of the cap first;
    /// one that needs more gets what the others leave, so that a total within the cap is always exact.
    /// </summary>
    public static string Counts(JobTable table, int cap) => table.IsIndexed ? IndexedCounts(table, cap) : ScannedCounts(table);

    /// <summary>Rows of (what, name, count, stale, newest beat): 1 a kind, 2 all workers, 3 a worker.</summary>
    public static string Running(JobTable table, int cap)
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
        return $"""
            with running as materialized (
              select kind, worker, count(*) as jobs, count(*) filter (where beat_at < now() - $1) as stale, max(beat_at) as beat_at
              from (select coalesce(j.{Sql.Name(columns.Kind)}::text, '') as kind, j.{Sql.Name(columns.LockedBy)}::text as worker, {beat} as beat_at
                    from {table.QuotedTable} j where {where} limit {Number(cap + 1)}) r
              group by kind, worker
            ), workers as materialized (
              select worker, sum(jobs)::bigint as jobs, max(beat_at) as beat_at from running where worker is not null group by worker
            )
            select 1, kind, sum(jobs)::bigint, sum(stale)::bigint, null::timestamptz from running group by kind
            union all select 2, null, count(*), count(*) filter (where beat_at < now() - $1), max(beat_at) from workers
            union all (select 3, worker, jobs, 0, beat_at from workers order by beat_at nulls first, worker limit {MaxWorkers})
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

    /// <summary>Claims, completions and failures of the last 5 minutes, looked for among the newest events: no index on their time is needed.</summary>
    public static string? EventRates(JobTable table, int cap) => table.Events is null ? null : $"""
        select count(*) filter (where stage = 'claimed'), count(*) filter (where stage = 'finished'), count(*) filter (where stage = 'failed')
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
            (null, { } json) => $"left(coalesce(to_jsonb(j.{Sql.Name(json)}) ->> 'message', j.{Sql.Name(json)}::text), {JobErrorGroups.ErrorLength})",
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

    private static string IndexedCounts(JobTable table, int cap)
    {
        var columns = table.Columns;
        string[] counted = [.. table.StatesOf(JobStates.Waiting), .. table.StatesOf(JobStates.Failed), .. table.StatesOf(JobStates.DeadLetter)];
        if (counted.Length == 0)
        {
            return "select null::text, null::text, 0::bigint, null::timestamptz, false where false";
        }

        var values = string.Join(", ", counted.Select(s => $"({Sql.Literal(s)}, {Sql.Literal(SortOf(s))})"));
        var from = $"from {table.QuotedTable} j where j.{Sql.Name(columns.State)} = p.state and {Unfinished(table, "j.")} and j.{Sql.Name(columns.Kind)} = p.kind";
        var created = columns.CreatedAt is { } createdAt ? $"j.{Sql.Name(createdAt)}::timestamptz" : "null::timestamptz";
        (string Measure, string Sort, string Predicate, string Due, string Order)[] measures = columns.RunAt is { } column
            ? RunAtMeasures(Sql.Name(column), created, table.IsRunAtRequired)
            : [("all", "runnable", "", created, "")];
        measures = [.. measures, ("any", "any", "", "null::timestamptz", "")];

        var first = measures.Select(m => $"""
            select '{m.Measure}' as measure, {(m.Sort == "any" ? "p.sort" : $"'{m.Sort}'")} as sort, p.state, p.kind, p.share, c.n, c.oldest
            from pairs p cross join lateral (select count(*) as n, min(due_at) as oldest from (select {m.Due} as due_at {from}{m.Predicate}{m.Order} limit p.share + 1) x) c
            where p.sort {(m.Sort == "any" ? "<>" : "=")} 'runnable'
            """);
        var again = measures.Select(m => $"when '{m.Measure}' then (select count(*) from (select 1 {from}{m.Predicate} limit p.room + 1) x)");
        return $"""
            with recursive kinds(state, sort, kind) as (
              select s.state, s.sort, ({FirstKind(table, StateOf(table, "s.state"))}) from (values {values}) s(state, sort)
              union all
              select k.state, k.sort, ({FirstKind(table, StateOf(table, "k.state"), "k.kind")}) from kinds k where k.kind is not null
            ), pairs as materialized (
              select {StateOf(table, "state")} as state, sort, kind, greatest(1, {Number(cap)} / count(*) over (partition by sort)) as share from kinds where kind is not null
            ), counted as materialized (
              {string.Join(" union all ", first)}
            ), shared as materialized (
              select *, greatest(share, {Number(cap)} - (sum(least(n, share)) over (partition by sort) - least(n, share)))::bigint as room from counted
            ), final as (
              select p.sort, p.kind, p.oldest, p.room, case when p.n <= p.share or p.room <= p.share then p.n else case p.measure {string.Join(" ", again)} end end as n from shared p
            )
            select sort, kind::text, sum(least(n, room))::bigint, min(oldest), bool_or(n > room) from final where n > 0 group by sort, kind
            """;
    }

    private static (string, string, string, string, string)[] RunAtMeasures(string column, string created, bool isRequired)
    {
        (string, string, string, string, string) due = ("due", "runnable", $" and j.{column} <= now()", $"j.{column}::timestamptz", $" order by j.{column}");
        (string, string, string, string, string) unset = ("unset", "runnable", $" and j.{column} is null", created, "");
        (string, string, string, string, string) later = ("later", "scheduled", $" and j.{column} > now()", "null::timestamptz", "");
        return isRequired ? [due, later] : [due, unset, later];
    }

    private static string ScannedCounts(JobTable table)
    {
        var columns = table.Columns;
        string[] counted = [.. table.StatesOf(JobStates.Waiting), .. table.StatesOf(JobStates.Failed), .. table.StatesOf(JobStates.DeadLetter)];
        if (counted.Length == 0)
        {
            return "select null::text, null::text, 0::bigint, null::timestamptz, false where false";
        }

        var state = $"j.{Sql.Name(columns.State)}";
        var waiting = Sql.Literals(table.StatesOf(JobStates.Waiting).DefaultIfEmpty(counted[0]));
        var runAt = columns.RunAt is { } column ? $"j.{Sql.Name(column)}" : "null::timestamptz";
        var created = columns.CreatedAt is { } createdAt ? $"j.{Sql.Name(createdAt)}" : "null::timestamptz";
        var isWaiting = table.StatesOf(JobStates.Waiting).Length == 0 ? "false" : $"{state} in ({waiting})";
        var isDead = table.StatesOf(JobStates.DeadLetter).Length == 0 ? "false" : $"{state} in ({Sql.Literals(table.StatesOf(JobStates.DeadLetter))})";
        return $"""
            select case when {isDead} then 'deadLetter' when not {isWaiting} then 'failed' when {runAt} > now() then 'scheduled' else 'runnable' end as sort,
                   coalesce(j.{Sql.Name(columns.Kind)}::text, ''), count(*), min(coalesce({runAt}, {created}))::timestamptz, false
            from {table.QuotedTable} j where {state} in ({Sql.Literals(counted)})
            group by 1, 2
            """;
    }

    private static string SortOf(string state) =>
        JobStates.Waiting.Contains(state) ? "runnable" : JobStates.Failed.Contains(state) ? "failed" : "deadLetter";

    /// <summary>A state as a value of the column's own type, so that an enum column can use its index.</summary>
    private static string StateOf(JobTable table, string expression) => table.StateType is null ? expression : $"{expression}::{table.StateType}";

    /// <summary>Repeated in every statement, for the planner to see that the partial index holds all rows that are asked for.</summary>
    private static string Unfinished(JobTable table, string prefix) =>
        $"{prefix}{Sql.Name(table.Columns.State)} in ({Sql.Literals(table.StatesOf(JobStates.Unfinished))})";

    private static string Shortened(string table) => table.Length <= 48 ? table : table[..48];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
