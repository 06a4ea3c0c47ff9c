using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class NoWorkersRunningEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.NoWorkersRunning,
            1,
            "No workers running",
            [Severity.Critical, Severity.Info],
            "Nobody works. Jobs are queued and wait, and none makes progress until a worker starts."),
        Forms =
        [
            new(
                Severity.Critical,
                t => $"No deployed instance runs or is being started (for no longer than {Limits.Of(t.StartGrace)}), and no worker beats (the newest heartbeat is older than {Limits.Of(t.HeartbeatStale)} or there is none); or, where deployments are not known, no worker has announced itself; "
                    + $"or, where workers show only by the jobs they hold, nobody holds or claims one while more than {t.BacklogJobs} jobs wait or the oldest has been due for longer than {Limits.Of(t.ClaimGrace)}.",
                _ => Nobody),
            new(Severity.Info, _ => "The same, but every deployment is scaled to zero, and no job waits or runs.", _ => Nobody.Deployed(0)),
        ],
        LikelyWhen = _ => "Deployments are not known, and workers show only by the jobs they hold: an idle fleet and none look the same, until jobs wait.",
        Thresholds =
        [
            nameof(DiagnosisThresholds.StartGrace), nameof(DiagnosisThresholds.HeartbeatStale), nameof(DiagnosisThresholds.BacklogJobs), nameof(DiagnosisThresholds.ClaimGrace),
        ],
        Causes =
        [
            new(CauseCodes.ScaledToZero, _ => "There are deployments, and each of them wants 0 instances.", null, _ => Nobody.Deployed(0)),
            new(CauseCodes.NotDeployed, _ => "Deployments were looked for, and there is none.", null, _ => Nobody with { Deployments = Section.List<DeploymentEvidence>() }),
            SharedRules.StartupFailure(_ => Nobody.Deployed(2, ExampleFleet.Waiting("worker", "ImagePullBackOff"))),
            SharedRules.MissingEnvironment(_ => Nobody),
            SharedRules.MissingBinary(_ => Nobody),
            SharedRules.DatabaseConnection(_ => Nobody),
            new(
                CauseCodes.AllCrashed,
                t => $"An instance waits in CrashLoopBackOff, or ended within {Limits.Of(t.EvidenceWindow)} with an exit code other than 0 and 143.",
                t => $"No crash was seen, but jobs are still marked as running whose heartbeat is older than {Limits.Of(t.HeartbeatStale)}.",
                _ => Nobody.Deployed(2, ExampleFleet.Ended("worker", "Error", 1))) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow), nameof(DiagnosisThresholds.HeartbeatStale)] },
        ],
        Explains = [(DiagnosisCodes.QueueBacklog, null)],
    };

    private static DiagnosticSnapshot Nobody { get; } = ExampleFleet.Idle.Workers(w => w with { Active = 0, LastHeartbeatAt = null });
}
