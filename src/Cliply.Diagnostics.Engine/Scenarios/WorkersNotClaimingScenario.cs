using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Scenario 2: free workers leave due jobs where they are.</summary>
    public const string WorkersNotClaiming = "workers-not-claiming";
}

internal static partial class CauseCodes
{
    public const string ClaimQueryEmpty = "claim-query-empty";
}

/// <summary>Runbook: "Scenario 2: Workers Running But Not Claiming Jobs". Jobs whose run_at lies in the future are not due, and no fault.</summary>
internal sealed class WorkersNotClaimingScenario : IScenario
{
    public string Code => DiagnosisCodes.WorkersNotClaiming;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (!Holds(facts))
        {
            return null;
        }

        var queue = facts.Queue!;
        var free = facts.FreeWorkers;
        return new Diagnosis
        {
            Code = Code,
            Scenario = 2,
            Title = "Workers running but not claiming jobs",
            Severity = Severity.Critical,
            Confidence = queue.ClaimedLast5Minutes is null ? Confidence.Likely : Confidence.Confirmed,
            Summary = queue.ClaimedLast5Minutes is { } claimed
                ? $"{Wording.Count(free, "worker is", "workers are")} free and {Wording.Count(claimed, "job was", "jobs were")} claimed in 5 minutes, while {Waiting(facts, queue)}, the oldest for {Wording.Seconds(queue.OldestRunnableAgeSeconds ?? 0)}."
                : $"{Wording.Count(free, "worker is", "workers are")} free while {Waiting(facts, queue)}, the oldest for {Wording.Seconds(queue.OldestRunnableAgeSeconds ?? 0)}.",
            Evidence = Evidence(facts, queue, free),
            Causes = Ranked(facts),
            Impact = $"Due jobs are not started: {JobKinds.Suffering(facts, k => k.Runnable, "every job kind")}.",
            NextChecks =
            [
                new("Do the logs show polling, database errors, or one line again and again?", Commands.Logs(facts, static (_, i) => i.State == InstanceState.Running)) { Decides = [CauseCodes.DatabaseConnection, CauseCodes.InfiniteLoop] },
                new("Can the database be queried from where the workers run?", Commands.TestDatabase) { Decides = [CauseCodes.DatabaseConnection] },
                new("Are the oldest jobs really due: is run_at in the past?", Commands.OldestQueuedJobs) { Decides = [CauseCodes.ClaimQueryEmpty] },
                new("Is the claim function there, with the arguments that the workers pass?", Commands.WorkerFunctions) { Decides = [CauseCodes.MissingFunction, CauseCodes.ClaimQueryEmpty] },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, "Restart the workers.", Commands.Restart(facts)) { Removes = [CauseCodes.DatabaseConnection, CauseCodes.InfiniteLoop] },
                new(RemediationHorizon.Medium, "Fix database connectivity: network, firewall, credentials.", Commands.TestDatabase) { Removes = [CauseCodes.DatabaseConnection] },
                new(RemediationHorizon.Medium, "If nothing is claimed although all that is fine, run the claim query by hand and compare it with the waiting rows: state, run_at, kind, priority.", Commands.OldestQueuedJobs) { Removes = [CauseCodes.ClaimQueryEmpty] },
                new(RemediationHorizon.Long, "Fix the claim query or the loop, and cover it with a test on the real database.", Commands.None) { Removes = [CauseCodes.InfiniteLoop, CauseCodes.ClaimQueryEmpty] },
            ],
            Verification =
            [
                "\"Claimed job\" appears in the logs within a minute.",
                "The number of runnable jobs falls, and the oldest is younger than 5 minutes.",
            ],
            Runbook = "worker-debugging.md#scenario-2-workers-running-but-not-claiming-jobs",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code == DiagnosisCodes.QueueBacklog;

    /// <summary>Whether due jobs wait past the grace although workers are free to take them.</summary>
    internal static bool Holds(FleetFacts facts) =>
        facts.Queue is { Runnable: > 0 } queue
        && (facts.HasFreshWorkers || facts.DeployedRunning > 0)
        && !WorkersStuckScenario.AreAllStuck(facts)
        && facts.OldestRunnableIsOlderThan(facts.Thresholds.ClaimGrace)
        && facts.FreeWorkers is var free and > 0
        && (queue.ClaimedLast5Minutes is null || queue.ClaimedLast5Minutes < free);

    private static string Waiting(FleetFacts facts, QueueEvidence queue) =>
        $"{facts.QueueCount("runnable", queue.Runnable)} {(queue.Runnable == 1 ? "job waits" : "jobs wait")}";

    private static List<EvidenceLine> Evidence(FleetFacts facts, QueueEvidence queue, long free)
    {
        var evidence = new List<EvidenceLine>();
        if (facts.Workers is not null)
        {
            evidence.Add(facts.ActiveWorkers());
        }

        if (facts.Snapshot.Deployments.IsKnown)
        {
            evidence.Add(facts.RunningInstances("> 0"));
        }

        evidence.Add(facts.Runnable("claimed when due"));
        evidence.Add(facts.OldestRunnable(facts.Thresholds.ClaimGrace));
        if (queue.ClaimedLast5Minutes is { } claimed)
        {
            evidence.Add(facts.Queue("claimedLast5Minutes", claimed, $"at least {free}"));
        }

        return evidence;
    }

    private static IReadOnlyList<Cause> Ranked(FleetFacts facts)
    {
        var function = SharedCauses.MissingFunction(facts, JobStoreDriftScenario.ClaimFunction);
        var database = SharedCauses.DatabaseConnection(facts);
        var loop = Causes.ConfirmedBy(CauseCodes.InfiniteLoop, "The worker's loop repeats itself", facts.LoopingLogs(), ruledOut: facts.Snapshot.Logs.IsKnown);
        var isExplained = function?.Confidence == Confidence.Confirmed || database?.Confidence == Confidence.Confirmed || loop?.Confidence == Confidence.Confirmed;
        var isLikely = !isExplained && facts.Snapshot.Database.Value?.Status == DatabaseStatus.Ok && facts.Snapshot.Logs.IsKnown;
        const string Title = "The claim query returns nothing";
        return Causes.Ranked(
            function,
            database,
            loop,
            isLikely ? Causes.Likely(CauseCodes.ClaimQueryEmpty, Title, facts.DatabaseStatus(facts.Snapshot.Database.Value!), facts.Runnable("claimed when due")) : Causes.Possible(CauseCodes.ClaimQueryEmpty, Title));
    }
}

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
        CausePages =
        [
            new(
                CauseCodes.ClaimQueryEmpty,
                "The claim query returns nothing",
                "Workers ask for jobs and get none, although some are due: a filter on kind, priority or state in the claim query leaves them out.") { Runbook = "worker-debugging.md#23-check-run_at-timestamps" },
        ],
        Explains = [(DiagnosisCodes.QueueBacklog, null)],
    };

    private static DiagnosticSnapshot Waiting(DiagnosisThresholds thresholds) =>
        ExampleFleet.Idle.Queue(q => q with { Runnable = 1, OldestRunnableAgeSeconds = ExampleFleet.SecondsOver(thresholds.ClaimGrace) });
}
