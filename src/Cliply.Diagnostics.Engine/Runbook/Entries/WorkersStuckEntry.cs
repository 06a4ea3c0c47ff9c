using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class WorkersStuckEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.WorkersStuck,
            3,
            "Workers stuck",
            [Severity.Critical, Severity.Warning],
            "Workers are there and no longer show that they live. The jobs that they hold stay in running, and nobody works on them."),
        Forms =
        [
            new(Severity.Critical, t => $"There are workers, and even the newest heartbeat is older than {Limits.Of(t.HeartbeatStale)}. Where deployments show that nothing runs, it is no-workers-running instead.", Stuck),
            new(
                Severity.Warning,
                t => $"Some workers or running jobs have shown no heartbeat for longer than {Limits.Of(t.HeartbeatStale)}; or, where workers announce themselves, an instance has run for longer than that and none has announced itself.",
                _ => ExampleFleet.Idle.Workers(w => w with { Stale = 1 })),
        ],
        LikelyWhen = _ => "It is critical, and deployments are not known: a fleet that has gone looks the same in the job table.",
        Thresholds = [nameof(DiagnosisThresholds.HeartbeatStale)],
        Causes =
        [
            new(CauseCodes.MissingFunction, _ => "worker_heartbeat is not in the database, while other worker functions are.", null, t => Stuck(t).MissingFunction(JobStoreDriftScenario.HeartbeatFunction)),
            new(
                CauseCodes.InfiniteLoop,
                t => $"CPU is at {Limits.Percent(t.CpuPercent)} or more, and a log repeats itself: of at least 20 lines, 80 % or more are the same, and not one of a worker at work.",
                null,
                t => Stuck(t).Using(new ResourceEvidence { Instance = "worker", CpuPercent = 100 }).Looping()) { Thresholds = [nameof(DiagnosisThresholds.CpuPercent)] },
            new(
                CauseCodes.ResourceExhaustion,
                t => $"An instance is at {Limits.Percent(t.CpuPercent)} of its CPU or more, at {Limits.Percent(t.MemoryPercent)} of its memory limit or more, or waits for disks {Limits.Percent(t.IoWaitPercent)} of the time or more.",
                null,
                t => Stuck(t).Using(new ResourceEvidence { Instance = "worker", MemoryBytes = 100, MemoryLimitBytes = 100 })) { Thresholds = [nameof(DiagnosisThresholds.CpuPercent), nameof(DiagnosisThresholds.MemoryPercent), nameof(DiagnosisThresholds.IoWaitPercent)] },
            new(
                CauseCodes.NetworkPartition,
                t => $"The database refuses the connection, can't be found or does not answer in time, or {SharedRules.FoundInLogs} {Limits.Of(t.EvidenceWindow)} say ENOTFOUND or ETIMEDOUT.",
                null,
                t => Stuck(t).Database(DatabaseStatus.Timeout)) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] },
            new(
                CauseCodes.HungProcess,
                t => $"An instance runs, and the last line of a log is older than {Limits.Of(t.HeartbeatStale)}.",
                null,
                t => Stuck(t).Log(log => log with { LastLineAt = ExampleFleet.LongerAgoThan(t.HeartbeatStale) })) { Thresholds = [nameof(DiagnosisThresholds.HeartbeatStale)] },
        ],
        Explains =
        [
            (DiagnosisCodes.QueueBacklog, null),
            (DiagnosisCodes.ResourcesExhausted, "where an infinite loop is confirmed: it takes the CPU, not the other way round"),
        ],
    };

    private static DiagnosticSnapshot Stuck(DiagnosisThresholds thresholds) =>
        ExampleFleet.Idle.Deployed(1, ExampleFleet.Running("worker")).Workers(w => w with { LastHeartbeatAt = ExampleFleet.LongerAgoThan(thresholds.HeartbeatStale) });
}
