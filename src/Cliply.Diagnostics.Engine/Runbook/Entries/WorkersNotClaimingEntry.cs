using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class WorkersNotClaimingEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.WorkersNotClaiming,
            2,
            "Workers running but not claiming jobs",
            [Severity.Critical],
            "Workers are there and free, jobs are due, and nobody takes them. Jobs whose run_at lies in the future are not due and do not count: that is normal for retries."),
        Forms =
        [
            new(
                Severity.Critical,
                t => $"Workers beat (no longer than {Limits.Of(t.HeartbeatStale)} ago) or instances run, some of them are free, the oldest job has been due for longer than {Limits.Of(t.ClaimGrace)}, and within 5 minutes fewer jobs were claimed than workers are free. Where all workers are stuck it is workers-stuck instead.",
                Waiting),
        ],
        LikelyWhen = _ => "Claims can't be observed.",
        Thresholds = [nameof(DiagnosisThresholds.HeartbeatStale), nameof(DiagnosisThresholds.ClaimGrace)],
        Causes =
        [
            new(CauseCodes.MissingFunction, _ => "worker_claim_next_job is not in the database, while other worker functions are.", null, t => Waiting(t).MissingFunction(JobStoreDriftScenario.ClaimFunction)),
            SharedRules.DatabaseConnection(Waiting),
            new(CauseCodes.InfiniteLoop, _ => "A log repeats itself: of at least 20 lines, 80 % or more are the same, and not one of a worker at work.", null, t => Waiting(t).Looping()),
            new(CauseCodes.ClaimQueryEmpty, null, _ => "The database answers, the logs were read, and none of the other three is confirmed.", t => Waiting(t).Log()),
        ],
        Explains = [(DiagnosisCodes.QueueBacklog, null)],
    };

    private static DiagnosticSnapshot Waiting(DiagnosisThresholds thresholds) =>
        ExampleFleet.Idle.Queue(q => q with { Runnable = 1, OldestRunnableAgeSeconds = ExampleFleet.SecondsOver(thresholds.ClaimGrace) });
}
