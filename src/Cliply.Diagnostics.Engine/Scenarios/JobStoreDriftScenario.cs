using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Functions that the workers call are not in the database.</summary>
    public const string JobStoreDrift = "job-store-drift";
}

internal static partial class CauseCodes
{
    public const string MissingFunction = "missing-function";
}

/// <summary>Migrations have drifted: functions that the workers call are not in the database.</summary>
internal sealed class JobStoreDriftScenario : IScenario
{
    public const string ClaimFunction = "worker_claim_next_job";

    public const string HeartbeatFunction = "worker_heartbeat";

    public string Code => DiagnosisCodes.JobStoreDrift;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Snapshot.Database.Value?.MissingFunctions is not { Count: > 0 } missing)
        {
            return null;
        }

        var severity = missing.Any(f => f is ClaimFunction or HeartbeatFunction or "worker_finish" or "worker_fail") ? Severity.Critical : Severity.Warning;
        var names = missing.Order(StringComparer.Ordinal).ToList();
        var evidence = facts.Line("database.missingFunctions", string.Join(", ", names), "none", "database");
        return new Diagnosis
        {
            Code = Code,
            Title = "Job store has drifted",
            Severity = severity,
            Summary = $"{Wording.List(names)} {(names.Count == 1 ? "is" : "are")} not in the database, while other worker functions are: migrations are missing or ran in the wrong order.",
            Evidence = [evidence],
            Causes = [Causes.Confirmed(CauseCodes.MissingFunction, names.Count == 1 ? $"The function {names[0]} is not in the database" : "Worker functions are not in the database", evidence)],
            Impact = severity == Severity.Critical
                ? "Workers run, poll and fail at the missing call: jobs of every kind are not claimed, not kept alive or not finished."
                : "Jobs run, but those of a worker that died are not given back to the queue.",
            NextChecks = [new("Which worker functions are there, with which arguments?", Commands.WorkerFunctions) { Decides = [CauseCodes.MissingFunction] }],
            Remediation =
            [
                new(RemediationHorizon.Quick, "Find the migration that creates the function, and apply it.", Commands.WorkerFunctions) { Removes = [CauseCodes.MissingFunction] },
                new(RemediationHorizon.Medium, "If no migration creates it with the arguments that the workers pass, write one and roll it out.", Commands.None) { Removes = [CauseCodes.MissingFunction] },
                new(RemediationHorizon.Long, "Build a database from the migrations in the pipeline, and run one job through it.", Commands.None) { Removes = [CauseCodes.MissingFunction] },
            ],
            Verification =
            [
                "The next diagnosis lists no missing function.",
                "Claims appear within a minute, and the number of runnable jobs falls.",
            ],
            Runbook = "worker-debugging.md#21-check-worker-logs",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => own.Severity == Severity.Critical && other.Code switch
    {
        DiagnosisCodes.WorkersNotClaiming or DiagnosisCodes.JobsFailing => true,
        DiagnosisCodes.WorkersStuck => facts.Snapshot.Database.Value?.MissingFunctions?.Contains(HeartbeatFunction) == true,
        _ => false,
    };
}

internal static class JobStoreDriftEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.JobStoreDrift,
            null,
            "Job store has drifted",
            [Severity.Critical, Severity.Warning],
            "The database has some of the functions that workers call, but not all of them: migrations are missing or ran in the wrong order. Workers look healthy and fail at the missing call."),
        Forms =
        [
            new(Severity.Critical, _ => "worker_claim_next_job, worker_heartbeat, worker_finish or worker_fail is not in the database, while other worker functions are.", _ => ExampleFleet.Idle.MissingFunction(JobStoreDriftScenario.ClaimFunction)),
            new(Severity.Warning, _ => "Only another worker function is not in the database, such as worker_recover_stuck_jobs.", _ => ExampleFleet.Idle.MissingFunction("worker_recover_stuck_jobs")),
        ],
        Causes = [new(CauseCodes.MissingFunction, _ => "A worker function is not in the database, while others are.", null, _ => ExampleFleet.Idle.MissingFunction(JobStoreDriftScenario.ClaimFunction))],
        CausePages =
        [
            new(
                CauseCodes.MissingFunction,
                "Worker functions are not in the database",
                "A function that workers call to claim, beat, finish or fail is not in the database, though others are: a migration is missing or was undone by a later one."),
        ],
        Explains =
        [
            (DiagnosisCodes.WorkersNotClaiming, "where it is critical"),
            (DiagnosisCodes.JobsFailing, "where it is critical"),
            (DiagnosisCodes.WorkersStuck, "where it is critical and worker_heartbeat is missing"),
        ],
    };
}
