using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

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
        Explains =
        [
            (DiagnosisCodes.WorkersNotClaiming, "where it is critical"),
            (DiagnosisCodes.JobsFailing, "where it is critical"),
            (DiagnosisCodes.WorkersStuck, "where it is critical and worker_heartbeat is missing"),
        ],
    };
}
