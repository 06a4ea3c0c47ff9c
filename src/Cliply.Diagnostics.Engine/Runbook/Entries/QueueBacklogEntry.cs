using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class QueueBacklogEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.QueueBacklog,
            null,
            "Queue backlog",
            [Severity.Warning],
            "More jobs wait, or wait longer, than they should. By itself it means that more comes in than the workers get done; beside a diagnosis of the workers it is only its symptom."),
        Forms =
        [
            new(Severity.Warning, t => $"More than {t.BacklogJobs} jobs are due and wait, or the oldest has been due for longer than {Limits.Of(t.BacklogAge)}.", Backlog),
        ],
        Thresholds = [nameof(DiagnosisThresholds.BacklogJobs), nameof(DiagnosisThresholds.BacklogAge)],
        Causes =
        [
            new(
                CauseCodes.InsufficientCapacity,
                null,
                t => $"Workers beat (no longer than {Limits.Of(t.HeartbeatStale)} ago) and took or finished jobs within 5 minutes; or, where neither can be observed, all of them are busy. It is never confirmed: that workers are busy does not show that more of them would help.",
                t => Backlog(t).Queue(q => q with { ClaimedLast5Minutes = 9 })) { Thresholds = [nameof(DiagnosisThresholds.HeartbeatStale)] },
        ],
    };

    private static DiagnosticSnapshot Backlog(DiagnosisThresholds thresholds) => ExampleFleet.Idle.Queue(q => q with { Runnable = thresholds.BacklogJobs + 1L });
}
