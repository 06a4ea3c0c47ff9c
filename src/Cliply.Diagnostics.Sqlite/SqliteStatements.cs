using System.Globalization;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.Sqlite;

/// <summary>The statements that read the queue from SQLite. Identifiers are quoted; nothing else of the options gets in.</summary>
internal sealed class SqliteStatements
{
    private const int MaxWorkers = 100;

    private readonly string _table;
    private readonly JobColumns _columns;
    private readonly string _cap;
    private readonly string _limit;
    private readonly string _state;
    private readonly string _kind;

    public SqliteStatements(string table, JobColumns columns, int cap)
    {
        _table = Name(table);
        _columns = columns;
        _cap = cap.ToString(CultureInfo.InvariantCulture);
        _limit = $"limit {(cap + 1).ToString(CultureInfo.InvariantCulture)}";
        _state = Name(columns.State);
        _kind = $"coalesce(cast({Name(columns.Kind)} as text), '')";
    }

    /// <summary>Rows of (sort, kind, count, oldest due time in Unix seconds).</summary>
    public string Counts
    {
        get
        {
            var due = _columns.RunAt is null ? "null" : Seconds(_columns.RunAt);
            var created = _columns.CreatedAt is null ? "null" : Seconds(_columns.CreatedAt);
            const string Now = "unixepoch('now', 'subsec')";
            return $"""
                select sort, kind, count(*), min(due_at) from (
                  select * from (select 'runnable' as sort, {_kind} as kind, coalesce({due}, {created}) as due_at from {_table} where {In(JobStates.Waiting)} and ({due} is null or {due} <= {Now}) order by due_at {_limit})
                  union all select * from (select 'scheduled', {_kind}, null from {_table} where {In(JobStates.Waiting)} and {due} > {Now} {_limit})
                  union all select * from (select 'running', {_kind}, null from {_table} where {In(JobStates.Running)} {_limit})
                  union all select * from (select 'failed', {_kind}, null from {_table} where {In(JobStates.Failed)} {_limit})
                  union all select * from (select 'deadLetter', {_kind}, null from {_table} where {In(JobStates.DeadLetter)} {_limit})
                ) group by sort, kind
                """;
        }
    }

    /// <summary>
    /// Rows of (worker, jobs, stale, newest beat, workers, stale workers): first one without a worker's name, for all running
    /// jobs and all workers, then the workers that have been silent for longest.
    /// </summary>
    public string Workers => $"""
        with workers as materialized (
          {Locks}
        )
        select null, coalesce(sum(jobs), 0), coalesce(sum(stale), 0), max(beat_at) filter (where worker is not null), count(worker), count(worker) filter (where beat_at < unixepoch('now', 'subsec') - $stale) from workers
        union all select * from (select worker, jobs, stale, beat_at, null, null from workers where worker is not null order by beat_at nulls first, worker limit {MaxWorkers})
        """;

    private string Locks
    {
        get
        {
            var beat = (_columns.HeartbeatAt, _columns.LockedAt) switch
            {
                ({ } heartbeat, { } locked) => $"coalesce({Seconds(heartbeat)}, {Seconds(locked)})",
                ({ } heartbeat, null) => Seconds(heartbeat),
                (null, { } locked) => Seconds(locked),
                _ => "null",
            };
            return $"""
                select worker, count(*) as jobs, count(*) filter (where beat_at < unixepoch('now', 'subsec') - $stale) as stale, max(beat_at) as beat_at
                from (select cast({Name(_columns.LockedBy)} as text) as worker, {beat} as beat_at from {_table} where {In(JobStates.Running)} {_limit})
                group by worker
                """;
        }
    }

    /// <summary>
    /// The same rows, of those that announce themselves as well, and two columns more: how many announced themselves, and how
    /// many did not though they hold a job that is not stale. A worker that says it is idle lives by its own beat. One that
    /// works is judged by its jobs' beats, so that a hung loop shows although its process still beats.
    /// </summary>
    public string AnnouncedWorkers(string table)
    {
        // SQLite's max of two values is null where one of them is.
        const string Newest = "max(coalesce(w.beat_at, l.beat_at), coalesce(l.beat_at, w.beat_at))";
        const string Stale = "unixepoch('now', 'subsec') - $stale";
        var beat = _columns.HeartbeatAt is null ? Newest : $"case when w.running_jobs = 0 then {Newest} else coalesce(l.beat_at, w.beat_at) end";
        return $"""
            with locks as materialized (
              {Locks}
            ), announced as (
              select id, running_jobs, beat_at from (select id, running_jobs, {Seconds("beat_at")} as beat_at from {Name(table)}) where beat_at >= unixepoch('now', 'subsec') - $retained {_limit}
            ), workers as materialized (
              select coalesce(w.id, l.worker) as worker, coalesce(w.running_jobs, l.jobs, 0) as jobs, {beat} as beat_at, w.id is not null as is_announced
              from announced w full join (select worker, jobs, beat_at from locks where worker is not null) l on l.worker = w.id
            )
            select null, (select coalesce(sum(jobs), 0) from locks), (select coalesce(sum(stale), 0) from locks), max(beat_at), count(*), count(*) filter (where beat_at < {Stale}),
                   count(*) filter (where is_announced), count(*) filter (where not is_announced and (beat_at is null or beat_at >= {Stale})) from workers
            union all select * from (select worker, jobs, null, beat_at, null, null, null, null from workers order by beat_at nulls first, worker limit {MaxWorkers})
            """;
    }

    /// <summary>Jobs that became dead letters within the last hour; null where the table does not tell.</summary>
    public string? DeadLetteredLastHour => _columns.UpdatedAt is not { } updatedAt ? null
        : $"select count(*) from (select 1 from {_table} where {In(JobStates.DeadLetter)} and {Seconds(updatedAt)} > unixepoch('now', 'subsec') - 3600 {_limit})";

    /// <summary>Rows of (kind, error, time) of the newest failures; null where the table keeps no error.</summary>
    public string? Errors
    {
        get
        {
            var error = (_columns.LastError, _columns.ErrorJson) switch
            {
                ({ } text, _) => $"cast({Name(text)} as text)",
                (null, { } json) => $"case when json_valid({Name(json)}) then coalesce({Name(json)} ->> '$.message', {Name(json)}) else {Name(json)} end",
                _ => null,
            };
            var time = _columns.UpdatedAt is { } updatedAt ? Seconds(updatedAt) : "null";
            return error is null ? null
                : $"select {_kind}, substr({error}, 1, {JobErrorGroups.ErrorLength}), {time} as failed_at from {_table} where {In([.. JobStates.Failed, .. JobStates.DeadLetter])} order by failed_at desc nulls last limit {JobErrorGroups.NewestFailures}";
        }
    }

    /// <summary>Claims, completions and failures of the last 5 minutes, among the newest events.</summary>
    public string Rates(string eventsTable) => $"""
        select count(*) filter (where stage = 'claimed'), count(*) filter (where stage = 'finished'), count(*) filter (where stage = 'failed'), count(*) > {_cap}
        from (select stage, created_at from {Name(eventsTable)} order by id desc {_limit})
        where {Seconds("created_at")} > unixepoch('now', 'subsec') - 300
        """;

    internal static string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private string In(string[] states) => $"{_state} in ({string.Join(", ", states.Select(s => $"'{s}'"))})";

    /// <summary>Unix seconds of a time that is kept as ISO 8601 text, or as a number of seconds or milliseconds.</summary>
    private static string Seconds(string column)
    {
        var name = Name(column);
        return $"case typeof({name}) when 'text' then unixepoch({name}, 'subsec') when 'null' then null else case when {name} > 100000000000 then {name} / 1000.0 else {name} * 1.0 end end";
    }
}
