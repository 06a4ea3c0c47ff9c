using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class WorkersCrashLoopingEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.WorkersCrashLooping,
            4,
            "Workers crashing frequently",
            [Severity.Critical],
            "Workers start, crash and are started again. Each crash takes the running jobs with it, and each of these jobs loses one of its retries."),
        Forms =
        [
            new(
                Severity.Critical,
                t => $"A deployment has restarted more than {t.Restarts} times within 5 minutes; or an instance waits in CrashLoopBackOff; or, where workers announce themselves, their number came back from 0 at least twice within {Limits.Of(t.FluctuationWindow)}.",
                Crashing),
        ],
        LikelyWhen = _ => "Only the number of workers shows it, by coming back from 0 again and again.",
        Thresholds = [nameof(DiagnosisThresholds.Restarts), nameof(DiagnosisThresholds.FluctuationWindow)],
        Causes =
        [
            new(
                CauseCodes.OutOfMemory,
                t => $"Within {Limits.Of(t.EvidenceWindow)} an instance ended with OOMKilled and exit code 137 or an unknown one, or {SharedRules.FoundInLogs} {Limits.Of(t.EvidenceWindow)} say \"JavaScript heap out of memory\" or that the kernel killed a process.",
                t => $"Within {Limits.Of(t.EvidenceWindow)} an instance ended with exit code 137 for no known reason, or with OOMKilled and another exit code: then a child process such as ffmpeg was killed, not the worker.",
                t => Crashing(t, ExampleFleet.Ended("worker", "OOMKilled", 137))) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] },
            new(
                CauseCodes.NativeCrash,
                t => $"Within {Limits.Of(t.EvidenceWindow)} an instance ended with exit code 139, or with 134 while no full heap explains that, or {SharedRules.FoundInLogs} {Limits.Of(t.EvidenceWindow)} say \"Segmentation fault\".",
                null,
                t => Crashing(t, ExampleFleet.Ended("worker", "Error", 139))) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] },
            new(
                CauseCodes.UncaughtException,
                t => $"The workers' logs or job errors of the last {Limits.Of(t.EvidenceWindow)} say \"uncaught exception\" or \"Unhandled promise rejection\".",
                null,
                t => Crashing(t).Logged(BuiltInLogPatterns.UncaughtException)) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] },
            SharedRules.MissingEnvironment(Crashing),
            SharedRules.MissingBinary(Crashing),
            SharedRules.DatabaseConnection(Crashing),
            new(
                CauseCodes.InvalidPayload,
                null,
                _ => "There are 5 or more dead letters, and jobs of one kind are at least 80 % of them.",
                t => Crashing(t).Queue(q => q with { DeadLetter = 10, Kinds = [new QueueKind { Kind = "TRANSCRIBE", DeadLetter = 10 }] })),
        ],
        Explains =
        [
            (DiagnosisCodes.NoWorkersRunning, "unless the workers are scaled to zero or not deployed at all"),
            (DiagnosisCodes.WorkersBelowDesired, null),
            (DiagnosisCodes.JobsFailing, null),
            (DiagnosisCodes.QueueBacklog, null),
        ],
    };

    private static DiagnosticSnapshot Crashing(DiagnosisThresholds thresholds) => Crashing(thresholds, ExampleFleet.Running("worker"));

    private static DiagnosticSnapshot Crashing(DiagnosisThresholds thresholds, InstanceEvidence instance) => ExampleFleet.Idle.Deployed(1, thresholds.Restarts + 1L, instance);
}
