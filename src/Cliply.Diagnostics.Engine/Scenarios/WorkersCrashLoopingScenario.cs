using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Scenario 4: workers start, crash and start again.</summary>
    public const string WorkersCrashLooping = "workers-crash-looping";
}

internal static partial class CauseCodes
{
    public const string OutOfMemory = "out-of-memory";
    public const string NativeCrash = "native-crash";
    public const string UncaughtException = "uncaught-exception";
    public const string InvalidPayload = "invalid-payload";
}

/// <summary>Runbook: "Scenario 4: Workers Crashing Frequently".</summary>
internal sealed class WorkersCrashLoopingScenario : IScenario
{
    public string Code => DiagnosisCodes.WorkersCrashLooping;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        var restarts = RestartsTooOften(facts);
        var held = facts.Snapshot.Deployments.IsKnown && facts.AnyInstance(static (_, instance) => FleetFacts.IsInCrashLoop(instance));
        var returns = TimesReturnedFromZero(facts);
        if (!restarts && !held && returns < 2)
        {
            return null;
        }

        var evidence = CrashEvidence(facts);
        if (returns >= 2)
        {
            evidence.Add(facts.Line("history.activeWorkers", $"returned from 0 {returns} times within {Wording.Duration(facts.Thresholds.FluctuationWindow)}", "steady", "history"));
        }

        return new Diagnosis
        {
            Code = Code,
            Scenario = 4,
            Title = "Workers crashing frequently",
            Severity = Severity.Critical,
            Confidence = restarts || held ? Confidence.Confirmed : Confidence.Likely,
            Summary = Summary(facts, returns),
            Evidence = evidence,
            Causes = Causes.Ranked(
                OutOfMemory(facts),
                NativeCrash(facts),
                UncaughtException(facts),
                SharedCauses.MissingEnvironment(facts),
                SharedCauses.MissingBinary(facts),
                SharedCauses.DatabaseConnection(facts),
                InvalidPayload(facts)),
            Impact = $"Jobs start and fail with their worker, and use up their retries: {JobKinds.Suffering(facts, k => (k.Running ?? 0) + (k.Failed ?? 0) + (k.DeadLetter ?? 0), "every job kind")}.",
            NextChecks =
            [
                new("What did the worker say before it crashed?", Commands.CrashLogs(facts, IsOrWasCrashed))
                {
                    Decides = [CauseCodes.OutOfMemory, CauseCodes.NativeCrash, CauseCodes.UncaughtException, CauseCodes.MissingEnvironment, CauseCodes.MissingBinary, CauseCodes.DatabaseConnection],
                },
                new("Why did the platform end it: exit code, out of memory?", Commands.Describe(facts, IsOrWasCrashed)) { Decides = [CauseCodes.OutOfMemory, CauseCodes.NativeCrash] },
                new("Do jobs of one kind, or with one payload, crash it?", Commands.RecentFailures) { Decides = [CauseCodes.InvalidPayload] },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, "If it began with a rollout, go back to the version before.", Commands.Rollback(facts))
                {
                    Removes = [CauseCodes.NativeCrash, CauseCodes.UncaughtException, CauseCodes.MissingEnvironment, CauseCodes.MissingBinary],
                },
                new(RemediationHorizon.Quick, "Set missing variables, and restart the workers.", Commands.Restart(facts)) { Removes = [CauseCodes.MissingEnvironment] },
                new(RemediationHorizon.Medium, "If memory runs out, raise the limit (from 1 GiB to 2 GiB) and redeploy.", Commands.RaiseMemory(facts)) { Removes = [CauseCodes.OutOfMemory] },
                new(RemediationHorizon.Medium, "If one job crashes every worker that takes it, move that job to the dead letters by hand.", Commands.RecentFailures) { Removes = [CauseCodes.InvalidPayload] },
                new(RemediationHorizon.Long, "Reproduce the crash locally, handle the error in the job handler, reduce its memory, add timeouts, and deploy the fix.", Commands.None)
                {
                    Removes = [CauseCodes.OutOfMemory, CauseCodes.NativeCrash, CauseCodes.UncaughtException, CauseCodes.InvalidPayload],
                },
            ],
            Verification =
            [
                "No restart for 10 minutes.",
                "The number of active workers stays where it is, and jobs complete.",
            ],
            Runbook = "worker-debugging.md#scenario-4-workers-crashing-frequently",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code is
        DiagnosisCodes.NoWorkersRunning or DiagnosisCodes.WorkersBelowDesired or DiagnosisCodes.JobsFailing or DiagnosisCodes.QueueBacklog;

    private static bool RestartsTooOften(FleetFacts facts)
    {
        if (facts.Snapshot.Deployments.Value is { } deployments)
        {
            for (var d = 0; d < deployments.Count; d++)
            {
                if (deployments[d].RestartsLast5Minutes > facts.Thresholds.Restarts)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// How often the number of workers came back from 0 after having been above it. Means nothing where idle workers are
    /// invisible: there the number falls to 0 whenever the queue is empty.
    /// </summary>
    private static int TimesReturnedFromZero(FleetFacts facts) =>
        facts.Workers?.LivenessSource == LivenessSource.Registry && facts.Snapshot.History.Value is { Count: > 0 } history ? TimesReturnedFromZero(facts, history) : 0;

    private static int TimesReturnedFromZero(FleetFacts facts, IReadOnlyList<HistoryPoint> history)
    {
        var counts = history
            .Where(p => p is { At: not null, ActiveWorkers: not null })
            .Where(p => facts.AgeOf(p.At!.Value) is var age && age >= TimeSpan.Zero && age <= facts.Thresholds.FluctuationWindow)
            .OrderBy(p => p.At)
            .Select(p => p.ActiveWorkers!.Value);
        var returns = 0;
        var wasAbove = false;
        var isZero = false;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                returns += wasAbove && isZero ? 1 : 0;
                wasAbove = true;
            }

            isZero = count == 0;
        }

        return returns;
    }

    private static string Summary(FleetFacts facts, int returns)
    {
        long? most = null;
        long held = 0;
        foreach (var deployment in facts.Snapshot.Deployments.Value ?? [])
        {
            most = deployment.RestartsLast5Minutes > (most ?? facts.Thresholds.Restarts) ? deployment.RestartsLast5Minutes : most;
            held += (deployment.Instances ?? []).Count(FleetFacts.IsInCrashLoop);
        }

        return (most, held) switch
        {
            (not null, > 0) => $"{most} restarts in 5 minutes; {Wording.Count(held, "instance waits", "instances wait")} in CrashLoopBackOff.",
            (not null, _) => $"{most} restarts in 5 minutes.",
            (_, > 0) => $"{Wording.Count(held, "instance waits", "instances wait")} in CrashLoopBackOff.",
            _ => $"The number of workers returned from 0 {returns} times within {Wording.Duration(facts.Thresholds.FluctuationWindow)}.",
        };
    }

    private static List<EvidenceLine> CrashEvidence(FleetFacts facts)
    {
        var evidence = facts.DeploymentLines(static (f, deployment) => deployment.RestartsLast5Minutes > f.Thresholds.Restarts
            ? f.Line($"deployments.{deployment.Name}.restartsLast5Minutes", deployment.RestartsLast5Minutes.Value, $"at most {f.Thresholds.Restarts}", Measured.Platform(deployment.Platform))
            : null);
        evidence.AddRange(facts.InstanceLines(static (f, deployment, instance) => FleetFacts.IsInCrashLoop(instance) ? f.State(deployment, instance) : null));
        return evidence;
    }

    private static bool IsOrWasCrashed(FleetFacts facts, InstanceEvidence instance) =>
        facts.HasCrashed(instance) || (instance.LastExitCode is not (null or 0) && facts.IsRecent(instance.LastTerminatedAt));

    private static Cause? OutOfMemory(FleetFacts facts)
    {
        const string Title = "Out of memory";
        var confirmed = Terminations(facts, static (reason, code) => reason == "OOMKilled" && code is 137 or null && reason is not null);
        confirmed.AddRange(facts.Patterns(BuiltInLogPatterns.NodeHeapOutOfMemory, BuiltInLogPatterns.OomKilled));
        if (confirmed.Count > 0)
        {
            return Causes.Confirmed(CauseCodes.OutOfMemory, Title, confirmed);
        }

        // The kernel's OOM counter outlives the kill: with another exit code a child was killed, not the worker.
        var likely = Terminations(facts, static (reason, code) => code == 137 || reason == "OOMKilled");
        return likely.Count > 0 ? Causes.Likely(CauseCodes.OutOfMemory, Title, likely) : PossibleUnlessLooked(facts, CauseCodes.OutOfMemory, Title);
    }

    private static Cause? NativeCrash(FleetFacts facts)
    {
        const string Title = "Crash in ffmpeg or another native library";

        // Node ends with SIGABRT (134) when its heap is full: that is memory, not a native crash.
        var heapIsFull = facts.HasPattern(BuiltInLogPatterns.NodeHeapOutOfMemory);
        var evidence = heapIsFull
            ? Terminations(facts, static (_, code) => code == 139)
            : Terminations(facts, static (_, code) => code is 139 or 134);
        evidence.AddRange(facts.Patterns(BuiltInLogPatterns.SegmentationFault));
        return evidence.Count > 0 ? Causes.Confirmed(CauseCodes.NativeCrash, Title, evidence) : PossibleUnlessLooked(facts, CauseCodes.NativeCrash, Title);
    }

    private static Cause? UncaughtException(FleetFacts facts) => Causes.ConfirmedBy(
        CauseCodes.UncaughtException,
        "Uncaught exception in a job handler",
        facts.Patterns(BuiltInLogPatterns.UncaughtException, BuiltInLogPatterns.UnhandledRejection),
        ruledOut: false);

    private static Cause? InvalidPayload(FleetFacts facts)
    {
        const string Title = "A job's payload crashes the worker";
        if (facts.Queue is not { DeadLetter: >= 5, Kinds: { } kinds } queue)
        {
            return Causes.Possible(CauseCodes.InvalidPayload, Title);
        }

        string? worst = null;
        Int128 worstCount = 0;
        foreach (var kind in kinds)
        {
            var count = facts.SumOverKinds([kind.Kind], k => k.DeadLetter);
            if (count * 100 >= (Int128)queue.DeadLetter * 80 && (worst is null || count > worstCount || (count == worstCount && string.CompareOrdinal(kind.Kind, worst) < 0)))
            {
                (worst, worstCount) = (kind.Kind, count);
            }
        }

        return worst is null
            ? Causes.Possible(CauseCodes.InvalidPayload, Title)
            : Causes.Likely(CauseCodes.InvalidPayload, Title, facts.Line($"queue.kinds.{worst}.deadLetter", $"{worstCount} of {queue.DeadLetter}", "spread over kinds", "job store"));
    }

    /// <summary>A recent termination is looked at in both places: how the instance ended now, and how its run before ended.</summary>
    private static List<EvidenceLine> Terminations(FleetFacts facts, Func<string?, int?, bool> matches) =>
        facts.InstanceLines((f, deployment, instance) =>
            !f.IsRecent(instance.LastTerminatedAt) ? null
            : matches(instance.Reason, instance.ExitCode) ? f.Termination(deployment, instance, instance.Reason, instance.ExitCode)
            : matches(instance.LastTerminationReason, instance.LastExitCode) ? f.Termination(deployment, instance, instance.LastTerminationReason, instance.LastExitCode)
            : null);

    private static Cause? PossibleUnlessLooked(FleetFacts facts, string code, string title) =>
        facts.Snapshot.Logs.IsKnown && facts.AnyInstance(static (_, instance) => instance.ExitCode is not null || instance.LastExitCode is not null)
            ? null
            : Causes.Possible(code, title);
}

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
        CausePages =
        [
            new(
                CauseCodes.OutOfMemory,
                "Out of memory",
                "The worker needs more memory than it may have, and the kernel or Node itself ends it: a limit that is too low, a leak, or one very large file.") { SeeAlso = [DiagnosisCodes.ResourcesExhausted], Runbook = "worker-debugging.md#cause-worker-out-of-memory" },
            new(
                CauseCodes.NativeCrash,
                "Crash in ffmpeg or another native library",
                "Native code crashed the process: no exception can be caught, and the log ends in the middle. Often one input file does it, again and again. Escalate to engineering."),
            new(
                CauseCodes.UncaughtException,
                "Uncaught exception in a job handler",
                "An error that the job handler does not catch ends the whole worker, with all jobs that it runs: a bug in the worker's code. Escalate to engineering."),
            new(
                CauseCodes.InvalidPayload,
                "A job's payload crashes the worker",
                "One job, or one kind of job, brings down every worker that takes it; it is retried, and brings down the next one.") { SeeAlso = [DiagnosisCodes.DeadLetterSpike], Runbook = "worker-debugging.md#42-identify-problematic-jobs" },
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
