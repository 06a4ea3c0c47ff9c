using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>The SQL that queues one dead letter again, for an engineer to run.</summary>
internal static class RequeueStatement
{
    /// <summary>Guarded, so that it does nothing to a job that is no dead letter any more. Null where the id can't be printed as it is.</summary>
    public static string? Of(JobDetails job)
    {
        if (TextSanitizer.Sample(job.Id, JobIdSearch.MaxLength) != job.Id)
        {
            return null;
        }

        var columns = job.Table.Columns;
        var state = Sql.Name(columns.State);
        var changes = new List<string> { $"{state} = {Sql.Literal(WaitingState(job))}" };
        if (job.Shape.Columns.ContainsKey("attempts"))
        {
            changes.Add("\"attempts\" = 0");
        }

        Add(columns.RunAt, "now()");
        Add(columns.LockedBy, "null");
        Add(columns.LockedAt, "null");
        Add(columns.HeartbeatAt, "null");
        Add(columns.UpdatedAt, "now()");
        return $"begin; update {job.Table.QuotedTable} set {string.Join(", ", changes)} where \"id\" = {Sql.Literal(job.Id)} and {state} = {Sql.Literal(JobStates.DeadLetter[0])}; commit;";

        void Add(string? column, string value)
        {
            if (column is not null)
            {
                changes.Add($"{Sql.Name(column)} = {value}");
            }
        }
    }

    /// <summary>The word for waiting: the column's default, the only one that its enum has, or that of its generation.</summary>
    private static string WaitingState(JobDetails job)
    {
        var possible = job.Table.StatesOf(JobStates.Waiting);
        return possible.FirstOrDefault(s => job.Shape.StateDefault?.Contains(Sql.Literal(s), StringComparison.Ordinal) == true)
            ?? (possible is [var only] ? only : job.Table.Columns.State == "status" ? "pending" : "queued");
    }
}
