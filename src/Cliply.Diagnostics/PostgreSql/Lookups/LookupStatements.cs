using System.Globalization;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>The statements that look for single jobs and dead letters.</summary>
internal static class LookupStatements
{
    public const int MaxMatches = 5;

    public const int MaxEvents = 100;

    /// <summary>How much of a name is read, in characters: more than is shown, so that no half secret stands at its end.</summary>
    public const int NameLength = 1_000;

    /// <summary>Rows of (column, type, whether it may be read, default).</summary>
    public const string Columns = """
        select a.attname, t.typname, has_column_privilege(c.oid, a.attnum, 'select'), pg_get_expr(d.adbin, d.adrelid)
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
        order by a.attnum
        """;

    /// <summary>Rows and bytes of a table with all its partitions; null for what has no storage of its own. Only partitioned tables have a tree.</summary>
    public const string Size = """
        select sum(greatest(p.reltuples::bigint, pg_stat_get_live_tuples(p.oid), 0))::bigint, sum(pg_relation_size(p.oid))::bigint
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join lateral pg_partition_tree(c.oid) t on true
        join pg_class p on p.oid = coalesce(t.relid::oid, c.oid)
        where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')
        """;

    public const string HasRecovery = """
        select exists (select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1 and p.proname = 'worker_recover_stuck_jobs')
        """;

    /// <summary>Up to one more than <see cref="MaxMatches"/> rows of (id, kind, state).</summary>
    public static string Matches(JobTable table, string condition) => $"""
        select left(j."id"::text, {JobIdSearch.MaxLength}), left(coalesce(j.{Sql.Name(table.Columns.Kind)}::text, ''), {NameLength}), left(coalesce(j.{Sql.Name(table.Columns.State)}::text, ''), {NameLength})
        from {table.QuotedTable} j where {condition} order by j."id" limit {Number(MaxMatches + 1)}
        """;

    /// <summary>That the id is $1.</summary>
    public static string IdIs(JobIdType type) => type switch
    {
        JobIdType.Uuid => "j.\"id\" = $1::text::uuid",
        JobIdType.Number => "j.\"id\" = $1::text::bigint",
        _ => "j.\"id\" = $1::text",
    };

    /// <summary>That the id starts as asked for: a range of UUIDs from $1 to $2, or the pattern $1.</summary>
    public static string IdStarts(JobIdType type) =>
        type == JobIdType.Uuid ? "j.\"id\" between $1::text::uuid and $2::text::uuid" : "j.\"id\" like $1::text";

    /// <summary>
    /// One row with all that explains a job; what the table does not have, or this role may not read, is null.
    /// </summary>
    public static string Details(JobTable table, JobRowShape shape)
    {
        var columns = table.Columns;
        return $"""
            select now(), j."id"::text, {Text(columns.Kind, NameLength)}, {Text(columns.State, NameLength)},
                   {Whole("priority")}, {Whole("attempts")}, {Whole("max_attempts")}, {Text("workspace_id", NameLength)},
                   {Time(columns.RunAt)}, {Time(columns.CreatedAt)}, {Time(columns.UpdatedAt)}, {Time(columns.LockedAt)}, {Text(columns.LockedBy, NameLength)}, {Time(columns.HeartbeatAt)},
                   {Text(columns.LastError, JobErrorGroups.ErrorLength)}, {Text("error", JobDocument.ReadLength)},
                   {Text("payload", JobDocument.ReadLength)}, {Bytes("payload")}, {Text("result", JobDocument.ReadLength)}, {Bytes("result")}
            from {table.QuotedTable} j where {IdIs(shape.IdType)} limit 1
            """;

        string Text(string? column, int length) => Has(column) ? $"left(j.{Sql.Name(column!)}::text, {Number(length)})" : "null::text";

        string Whole(string column) => Has(column) ? $"j.{Sql.Name(column)}::bigint" : "null::bigint";

        string Time(string? column) => Has(column) ? $"j.{Sql.Name(column!)}::timestamptz" : "null::timestamptz";

        string Bytes(string column) => Has(column) ? $"octet_length(j.{Sql.Name(column)}::text)::bigint" : "null::bigint";

        bool Has(string? column) => column is not null && shape.Columns.ContainsKey(column);
    }

    /// <summary>
    /// Rows of (time, stage, data, number of all), the newest first. The job's events are collected before they are sorted:
    /// otherwise the planner may walk all events from the newest on.
    /// </summary>
    public static string Events(JobTable table, JobRowShape shape)
    {
        var data = shape.EventColumns.ContainsKey("data") ? "e.data::text" : "null::text";
        return $"""
            with events as materialized (select e.* from {table.Events} e where e."job_id" = $1::text::{EventJobIdType(shape)})
            select e.created_at::timestamptz, left(e.stage::text, {Number(NameLength)}), left({data}, {Number(JobErrorGroups.ErrorLength)}), count(*) over ()
            from events e order by e.created_at desc, e.id desc limit {Number(MaxEvents)}
            """;
    }

    /// <summary>The type that the id is compared as, of those that a job's id may have.</summary>
    public static string EventJobIdType(JobRowShape shape) => shape.EventColumns.GetValueOrDefault("job_id") switch
    {
        "uuid" => "uuid",
        "int2" or "int4" or "int8" => "bigint",
        _ => "text",
    };

    /// <summary>Rows of (id, kind, attempts, most attempts, time, error, JSON of the error), the newest first.</summary>
    public static string DeadLetters(JobTable table, JobRowShape shape, bool ofKind, int limit)
    {
        var columns = table.Columns;
        var attempts = shape.Columns.ContainsKey("attempts") ? "j.\"attempts\"::bigint" : "null::bigint";
        var maxAttempts = shape.Columns.ContainsKey("max_attempts") ? "j.\"max_attempts\"::bigint" : "null::bigint";
        var time = columns.UpdatedAt is { } updatedAt ? $"j.{Sql.Name(updatedAt)}::timestamptz" : "null::timestamptz";
        var error = columns.LastError is { } text && shape.Columns.ContainsKey(text) ? $"left(j.{Sql.Name(text)}::text, {JobErrorGroups.ErrorLength})" : "null::text";
        var json = columns.ErrorJson is { } document && shape.Columns.ContainsKey(document) ? $"left(j.{Sql.Name(document)}::text, {JobDocument.ReadLength})" : "null::text";
        return $"""
            select left(j."id"::text, {JobIdSearch.MaxLength}), left(coalesce(j.{Sql.Name(columns.Kind)}::text, ''), {NameLength}), {attempts}, {maxAttempts}, {time}, {error}, {json}
            from {table.QuotedTable} j where {AreDeadLetters(table, shape, ofKind)}{Newest(table)} limit {Number(limit)}
            """;
    }

    /// <summary>How many dead letters there are, up to one more than the cap.</summary>
    public static string CountDeadLetters(JobTable table, JobRowShape shape, bool ofKind, int cap) =>
        $"select count(*) from (select 1 from {table.QuotedTable} j where {AreDeadLetters(table, shape, ofKind)} limit {Number(cap + 1)}) x";

    public static string DeadLetterIndex(JobTable table)
    {
        var state = Sql.Name(table.Columns.State);
        var keys = table.Columns.UpdatedAt is { } updatedAt ? $"{state}, {Sql.Name(updatedAt)}" : state;
        return $"create index concurrently if not exists {Sql.Name($"{Shortened(table.Table)}_dead_letter")} on {table.QuotedTable} ({keys}) where {state} = {Sql.Literal(JobStates.DeadLetter[0])}";
    }

    public static string IdIndex(JobTable table) =>
        $"create unique index concurrently if not exists {Sql.Name($"{Shortened(table.Table)}_id")} on {table.QuotedTable} (\"id\")";

    public static string EventsIndex(JobTable table, string eventsTable) =>
        $"create index concurrently if not exists {Sql.Name($"{Shortened(eventsTable)}_job_id")} on {table.Events} (\"job_id\", \"id\")";

    /// <summary>What each look asks of an index, with a value that shows in a plan only where rows are filtered one by one.</summary>
    public static class Plans
    {
        public static string Id(JobTable table, JobIdType type) => $"select 1 from {table.QuotedTable} j where j.\"id\" = {Value(type)}";

        public static string IdStart(JobTable table) => $"select 1 from {table.QuotedTable} j where j.\"id\" like 'looking-for-an-index%'";

        public static string DeadLetters(JobTable table, JobRowShape shape) =>
            $"select j.\"id\" from {table.QuotedTable} j where {AreDeadLetters(table, shape, ofKind: false)}{Newest(table)} limit 1";

        public static string Events(JobTable table, JobRowShape shape) => $"select e.\"id\" from {table.Events} e where e.\"job_id\" = {Value(EventJobIdType(shape) switch
        {
            "uuid" => JobIdType.Uuid,
            "bigint" => JobIdType.Number,
            _ => JobIdType.Text,
        })}";

        private static string Value(JobIdType type) => type switch
        {
            JobIdType.Uuid => "'00000000-0000-4000-8000-000000000000'::uuid",
            JobIdType.Number => "12345",
            _ => "'looking-for-an-index'::text",
        };
    }

    private static string AreDeadLetters(JobTable table, JobRowShape shape, bool ofKind)
    {
        var kind = $"j.{Sql.Name(table.Columns.Kind)}";
        var compared = shape.Columns.GetValueOrDefault(table.Columns.Kind) is "text" or "varchar" ? kind : $"{kind}::text";
        return $"j.{Sql.Name(table.Columns.State)} = {Sql.Literal(JobStates.DeadLetter[0])}{(ofKind ? $" and {compared} = $1::text" : "")}";
    }

    private static string Newest(JobTable table) => table.Columns.UpdatedAt is { } updatedAt ? $" order by j.{Sql.Name(updatedAt)} desc" : "";

    private static string Shortened(string table) => table.Length <= 48 ? table : table[..48];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
