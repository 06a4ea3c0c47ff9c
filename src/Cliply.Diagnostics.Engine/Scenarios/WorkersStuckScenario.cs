using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Scenario 3: workers are there and show no sign of life.</summary>
    public const string WorkersStuck = "workers-stuck";
}

internal static partial class CauseCodes
{
    public const string InfiniteLoop = "infinite-loop";
    public const string ResourceExhaustion = "resource-exhaustion";
    public const string NetworkPartition = "network-partition";
    public const string HungProcess = "hung-process";
}

/// <summary>Runbook: "Scenario 3: Workers Stuck (Stale Heartbeats)".</summary>
internal sealed class WorkersStuckScenario : IScenario
{
    public string Code => DiagnosisCodes.WorkersStuck;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        var allStale = AreAllStuck(facts);
        if (!allStale && !AreSomeStuck(facts) && !NeverAnnounced(facts))
        {
            return null;
        }

        return new Diagnosis
        {
            Code = Code,
            Scenario = 3,
            Title = allStale ? "Workers stuck" : "Some workers stuck",
            Severity = allStale ? Severity.Critical : Severity.Warning,
            Confidence = allStale && !facts.Snapshot.Deployments.IsKnown ? Confidence.Likely : Confidence.Confirmed,
            Summary = Summary(facts, allStale),
            Evidence = Evidence(facts),
            Causes = Causes.Ranked(
                SharedCauses.MissingFunction(facts, JobStoreDriftScenario.HeartbeatFunction),
                InfiniteLoop(facts),
                ResourceExhaustion(facts),
                NetworkPartition(facts),
                HungProcess(facts)),
            Impact = $"Jobs stay in running and nobody works on them: {JobKinds.Suffering(facts, k => k.Running, "every job kind")}.",
            NextChecks =
            [
                new("Is CPU at 100 %, memory near its limit, or the disk too slow?", Commands.Resources(facts)) { Decides = [CauseCodes.InfiniteLoop, CauseCodes.ResourceExhaustion] },
                new("When did the worker last log, and does it repeat itself?", Commands.Logs(facts, IsRunning)) { Decides = [CauseCodes.InfiniteLoop, CauseCodes.NetworkPartition, CauseCodes.HungProcess] },
                new("Which jobs are held, and by whom?", Commands.RunningJobs) { Decides = [CauseCodes.InfiniteLoop, CauseCodes.HungProcess] },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, "Save the logs, then restart the stuck workers.", Commands.RestartInstance(facts, IsRunning)) { Removes = [CauseCodes.InfiniteLoop, CauseCodes.ResourceExhaustion, CauseCodes.HungProcess] },
                new(RemediationHorizon.Medium, "If a limit of CPU or memory is reached, raise it and redeploy.", Commands.RaiseMemory(facts)) { Removes = [CauseCodes.ResourceExhaustion] },
                new(RemediationHorizon.Medium, "If the workers can't reach the database, verify network and firewall rules.", Commands.TestDatabase) { Removes = [CauseCodes.NetworkPartition] },
                new(RemediationHorizon.Long, "Give the job handlers timeouts, and fix the loop or deadlock that the logs show.", Commands.None) { Removes = [CauseCodes.InfiniteLoop, CauseCodes.HungProcess] },
            ],
            Verification =
            [
                "The next diagnosis shows a heartbeat younger than 5 minutes and no stale running job.",
                "Jobs start processing again; watch for the same after an hour.",
            ],
            Runbook = "worker-debugging.md#scenario-3-workers-stuck-stale-heartbeats",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code switch
    {
        DiagnosisCodes.QueueBacklog => true,
        DiagnosisCodes.ResourcesExhausted => own.IsConfirmed(CauseCodes.InfiniteLoop),
        _ => false,
    };

    /// <summary>The critical form: even the newest heartbeat is stale.</summary>
    internal static bool AreAllStuck(FleetFacts facts) =>
        facts.Workers is { Active: > 0 } && !facts.NothingRuns && facts.HeartbeatAge > facts.Thresholds.HeartbeatStale;

    private static bool AreSomeStuck(FleetFacts facts) =>
        facts.Workers is { Active: > 0 } && !facts.NothingRuns && (facts.Queue?.StaleRunning > 0 || facts.Workers.Stale > 0);

    private static bool NeverAnnounced(FleetFacts facts) =>
        facts.Workers is { LivenessSource: LivenessSource.Registry, Active: 0 } && facts.AnyInstance(static (f, instance) => IsOldAndRunning(f, instance));

    private static bool IsOldAndRunning(FleetFacts facts, InstanceEvidence instance) =>
        instance is { State: InstanceState.Running, StartedAt: { } started } && facts.AgeOf(started) > facts.Thresholds.HeartbeatStale;

    private static bool IsRunning(FleetFacts facts, InstanceEvidence instance) => instance.State == InstanceState.Running;

    private static string Summary(FleetFacts facts, bool allStale)
    {
        var active = facts.Workers!.Active;
        if (allStale)
        {
            return $"{Wording.Count(active, "worker is", "workers are")} there, but the last heartbeat was {Wording.Duration(facts.HeartbeatAge!.Value)} ago.";
        }

        var stale = facts.Workers.Stale ?? 0;
        var jobs = facts.Queue?.StaleRunning ?? 0;
        return (active, stale, jobs) switch
        {
            (0, _, _) => $"{Wording.Count(facts.DeployedRunning, "instance runs", "instances run")}, but no worker has announced itself.",
            (_, > 0, > 0) => $"{stale} of {Wording.Count(active, "worker", "workers")} and {Wording.Count(jobs, "running job", "running jobs")} have not shown a heartbeat for more than {Wording.Duration(facts.Thresholds.HeartbeatStale)}.",
            (_, > 0, _) => $"{stale} of {Wording.Count(active, "worker", "workers")} {(stale == 1 ? "has" : "have")} not shown a heartbeat for more than {Wording.Duration(facts.Thresholds.HeartbeatStale)}.",
            _ => $"{Wording.Count(jobs, "running job has", "running jobs have")} not shown a heartbeat for more than {Wording.Duration(facts.Thresholds.HeartbeatStale)}.",
        };
    }

    private static List<EvidenceLine> Evidence(FleetFacts facts)
    {
        List<EvidenceLine> evidence = [facts.ActiveWorkers(), facts.LastHeartbeat()];
        if (facts.Workers?.Stale is { } stale and > 0)
        {
            evidence.Add(facts.Line("workers.stale", stale, "0", facts.WorkerSource()));
        }

        if (facts.Queue?.StaleRunning is { } jobs and > 0)
        {
            evidence.Add(facts.Queue("staleRunning", jobs, "0"));
        }

        if (facts.Workers?.Active == 0)
        {
            evidence.AddRange(facts.InstanceLines(static (f, deployment, instance) => IsOldAndRunning(f, instance)
                ? f.Line($"deployments.{deployment.Name}.{instance.Id}.startedAt", $"{Wording.Duration(f.AgeOf(instance.StartedAt!.Value))} ago", "announced itself since", Measured.Platform(deployment.Platform), instance.StartedAt)
                : null));
        }

        return evidence;
    }

    private static Cause? InfiniteLoop(FleetFacts facts)
    {
        const string Title = "Infinite loop in a job handler";
        var cpu = facts.Exhausted(cpu: true, memory: false, ioWait: false);
        var logs = facts.LoopingLogs();
        return cpu.Count > 0 && logs.Count > 0 ? Causes.Confirmed(CauseCodes.InfiniteLoop, Title, [.. cpu, .. logs])
            : facts.Snapshot.Resources.IsKnown && cpu.Count == 0 ? null
            : facts.Snapshot.Logs.IsKnown && logs.Count == 0 ? null
            : Causes.Possible(CauseCodes.InfiniteLoop, Title);
    }

    private static Cause? ResourceExhaustion(FleetFacts facts) => Causes.ConfirmedBy(
        CauseCodes.ResourceExhaustion,
        "CPU, memory or disk at its limit",
        facts.Exhausted(cpu: true, memory: true, ioWait: true),
        ruledOut: facts.Snapshot.Resources.IsKnown);

    private static Cause? NetworkPartition(FleetFacts facts)
    {
        var evidence = facts.Patterns(BuiltInLogPatterns.HostNotFound, BuiltInLogPatterns.NetworkTimeout);
        if (facts.Snapshot.Database.Value is { Status: DatabaseStatus.Refused or DatabaseStatus.HostNotFound or DatabaseStatus.Timeout } database)
        {
            evidence.Insert(0, facts.DatabaseStatus(database));
        }

        return Causes.ConfirmedBy(
            CauseCodes.NetworkPartition,
            "Heartbeats can't get through the network",
            evidence,
            ruledOut: facts.Snapshot.Database.IsKnown && facts.Snapshot.Logs.IsKnown);
    }

    private static Cause? HungProcess(FleetFacts facts)
    {
        var evidence = new List<EvidenceLine>();
        foreach (var log in facts.DeployedRunning > 0 ? facts.Snapshot.Logs.Value ?? [] : [])
        {
            if (log.LastLineAt is { } last && facts.AgeOf(last) > facts.Thresholds.HeartbeatStale)
            {
                evidence.Add(facts.Line("logs.lastLineAt", $"{Wording.Duration(facts.AgeOf(last))} ago", $"at most {Wording.Duration(facts.Thresholds.HeartbeatStale)} ago", log.Source, last));
            }
        }

        return Causes.ConfirmedBy(
            CauseCodes.HungProcess,
            "The worker process hangs or is deadlocked",
            evidence,
            ruledOut: facts.Snapshot.Logs.Value is { Count: > 0 } logs && logs.All(l => l.LastLineAt is { } last && facts.AgeOf(last) <= facts.Thresholds.HeartbeatStale));
    }
}

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
        CausePages =
        [
            new(
                CauseCodes.InfiniteLoop,
                "Infinite loop in a job handler",
                "The worker does the same again and again without getting anywhere: a loop that does not end, or a retry without a pause.") { SeeAlso = [DiagnosisCodes.WorkersNotClaiming] },
            new(
                CauseCodes.ResourceExhaustion,
                "CPU, memory or disk at its limit",
                "The worker has no CPU, memory or disk time left, so that even its heartbeats come late or not at all.") { SeeAlso = [DiagnosisCodes.ResourcesExhausted], Runbook = "worker-debugging.md#31-check-worker-resource-usage" },
            new(
                CauseCodes.NetworkPartition,
                "Heartbeats can't get through the network",
                "The worker may well work, but can't reach the database to say so: a firewall rule, DNS, a lost route.") { SeeAlso = [DiagnosisCodes.DatabaseUnavailable] },
            new(
                CauseCodes.HungProcess,
                "The worker process hangs or is deadlocked",
                "The process is there and does nothing: no log line, no heartbeat. It waits for something that never comes, such as a child process or a lock.") { Runbook = "worker-debugging.md#33-restart-stuck-workers" },
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
