using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class JobStoreUnindexedEntry
{
    private const string Statement = "create index concurrently if not exists jobs_unfinished on jobs (state, kind, run_at) where state in ('queued', 'running', 'failed', 'dead_letter')";

    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.JobStoreUnindexed,
            null,
            "Job store not indexed",
            [Severity.Info],
            "No index covers what is read of the queue, so that each look reads all finished jobs as well. Nothing is broken; it becomes slow as the table grows. The statement in the report has the table's own names and states."),
        Forms =
        [
            new(
                Severity.Info,
                _ => "The database's planner would read the queue without an index.",
                _ => ExampleFleet.Idle with { Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, MissingIndexes = [new MissingIndex { Purpose = "unfinished jobs", Sql = Statement }] } }),
        ],
    };
}
