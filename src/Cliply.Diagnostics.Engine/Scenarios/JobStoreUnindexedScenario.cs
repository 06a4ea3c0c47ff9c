using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Reading the queue costs a scan.</summary>
    public const string JobStoreUnindexed = "job-store-unindexed";
}

/// <summary>No index covers what is read of the queue, so that reading it costs a scan of all finished jobs.</summary>
internal sealed class JobStoreUnindexedScenario : IScenario
{
    public string Code => DiagnosisCodes.JobStoreUnindexed;

    public Diagnosis? Diagnose(FleetFacts facts) =>
        facts.Snapshot.Database.Value?.MissingIndexes is { Count: > 0 } missing ? Page(facts, missing) : null;

    private Diagnosis Page(FleetFacts facts, IReadOnlyList<MissingIndex> missing)
    {
        var statements = missing.Select(i => i.Sql).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var purposes = missing.Select(i => i.Purpose).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new Diagnosis
        {
            Code = Code,
            Title = "Job store not indexed",
            Severity = Severity.Info,
            Summary = $"Reading the queue costs a scan{(purposes.Count > 0 ? $" ({Wording.List(purposes)})" : "")}.{(statements.Count > 0 ? $" To end that: {string.Join("; ", statements)}" : "")}",
            Evidence = [.. missing.Select(i => facts.Line("database.missingIndexes", i.Purpose ?? i.Sql ?? "an index", "covered by an index", "database"))],
            Impact = "None now. With millions of finished jobs each look at the queue takes a second of the database's time, and the workers' own queries do too.",
            NextChecks = [new("Which indexes are there?", [Commands.Look(CommandPlatform.Any, "psql \"$DATABASE_URL\" -c '\\d jobs'")])],
            Remediation =
            [
                new(RemediationHorizon.Medium, "Create the index at a quiet time; CONCURRENTLY does not block the workers.",
                    [.. statements.Select(sql => Commands.Change(CommandPlatform.Any, $"psql \"$DATABASE_URL\" -c {Commands.Word(sql)}"))]),
                new(RemediationHorizon.Long, "Add it to the migrations.", Commands.None),
            ],
            Verification = ["The next diagnosis no longer lists it."],
            Runbook = "worker-debugging.md#step-2-check-overall-queue-health",
        };
    }
}

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
