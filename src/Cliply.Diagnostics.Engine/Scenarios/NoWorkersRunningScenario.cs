using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Scenario 1: nobody works.</summary>
    public const string NoWorkersRunning = "no-workers-running";
}

internal static partial class CauseCodes
{
    public const string StartupFailure = "startup-failure";
    public const string ScaledToZero = "scaled-to-zero";
    public const string NotDeployed = "not-deployed";
    public const string AllCrashed = "all-crashed";
}

/// <summary>Runbook: "Scenario 1: No Workers Running (Active Workers = 0)".</summary>
internal sealed class NoWorkersRunningScenario : IScenario
{
    public string Code => DiagnosisCodes.NoWorkersRunning;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        var noneRegistered = !facts.Snapshot.Deployments.IsKnown && facts.Workers is { LivenessSource: LivenessSource.Registry, Active: 0 };
        var nobodyTakesJobs = NobodyTakesJobs(facts);
        if (!facts.NothingRuns && !noneRegistered && !nobodyTakesJobs)
        {
            return null;
        }

        var isWanted = !IsScaledToZero(facts) || facts.Queue is not { Runnable: 0, Running: 0 };
        var replicas = facts.Snapshot.Deployments.Value?.Max(d => d.DesiredReplicas) is { } desired and > 0 ? desired : 2;
        return new Diagnosis
        {
            Code = Code,
            Scenario = 1,
            Title = "No workers running",
            Severity = isWanted ? Severity.Critical : Severity.Info,
            Confidence = nobodyTakesJobs ? Confidence.Likely : Confidence.Confirmed,
            Summary = Summary(facts),
            Evidence = Evidence(facts),
            Causes = isWanted
                ? Causes.Ranked(
                    ScaledToZero(facts),
                    NotDeployed(facts),
                    SharedCauses.StartupFailure(facts),
                    SharedCauses.MissingEnvironment(facts),
                    SharedCauses.MissingBinary(facts),
                    SharedCauses.DatabaseConnection(facts),
                    AllCrashed(facts))
                : Causes.Ranked(ScaledToZero(facts)),
            Impact = isWanted
                ? $"No job makes progress, the system appears frozen: {JobKinds.Suffering(facts, k => (k.Runnable ?? 0) + (k.Running ?? 0), "every job kind")}."
                : "None now: nothing waits. The first job that comes will wait until workers are scaled up.",
            NextChecks =
            [
                new("Is a worker deployed, and does it run?", Commands.Status(facts)) { Decides = [CauseCodes.ScaledToZero, CauseCodes.NotDeployed, CauseCodes.AllCrashed] },
                new("What did the workers say when they started?", Commands.Logs(facts, static (_, i) => i.State != InstanceState.Running)) { Decides = [CauseCodes.MissingEnvironment, CauseCodes.MissingBinary, CauseCodes.DatabaseConnection, CauseCodes.AllCrashed] },
                new("Why does an instance not start?", Commands.Describe(facts, static (_, i) => i.State != InstanceState.Running)) { Decides = [CauseCodes.StartupFailure, CauseCodes.AllCrashed] },
                new("Which variables does a worker have?", Commands.EnvironmentNames(facts)) { Decides = [CauseCodes.MissingEnvironment] },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, $"Scale the workers up to {replicas}.", Commands.Scale(facts, replicas)) { Removes = [CauseCodes.ScaledToZero] },
                new(RemediationHorizon.Quick, "Restart them, if they have crashed.", Commands.Restart(facts)) { Removes = [CauseCodes.AllCrashed] },
                new(RemediationHorizon.Medium, "Deploy the workers, if they are not deployed; fix what keeps them from starting: the image, a variable, a binary, the database.", Commands.Deploy(facts))
                {
                    Removes = [CauseCodes.NotDeployed, CauseCodes.StartupFailure, CauseCodes.MissingEnvironment, CauseCodes.MissingBinary, CauseCodes.DatabaseConnection],
                },
                new(RemediationHorizon.Long, "Alert on active workers being 0 for 5 minutes, and on the deployment being scaled to zero.", Commands.None),
            ],
            Verification =
            [
                "The next diagnosis shows active workers above 0 and a heartbeat younger than 5 minutes.",
                "The number of runnable jobs falls.",
            ],
            Runbook = "worker-debugging.md#scenario-1-no-workers-running-active-workers--0",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code == DiagnosisCodes.QueueBacklog;

    /// <summary>Nobody else has to be at fault where nobody wanted workers.</summary>
    public bool StandsAlone(Diagnosis own) => own.IsConfirmed(CauseCodes.ScaledToZero) || own.IsConfirmed(CauseCodes.NotDeployed);

    /// <summary>Where workers show only through locks, 0 of them says nothing, but jobs that wait unclaimed do.</summary>
    internal static bool NobodyTakesJobs(FleetFacts facts) =>
        !facts.Snapshot.Deployments.IsKnown
        && facts.Workers is { LivenessSource: LivenessSource.JobLocks, Active: 0 }
        && facts.Queue?.ClaimedLast5Minutes is null or 0
        && (facts.Queue?.Runnable > facts.Thresholds.BacklogJobs || facts.OldestRunnableIsOlderThan(facts.Thresholds.ClaimGrace));

    private static bool IsScaledToZero(FleetFacts facts)
    {
        if (facts.Snapshot.Deployments.Value is not { Count: > 0 } deployments)
        {
            return false;
        }

        foreach (var deployment in deployments)
        {
            if (deployment.DesiredReplicas != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static string Summary(FleetFacts facts)
    {
        var workers = facts.Snapshot.Deployments.Value switch
        {
            { Count: 0 } => "No worker is deployed",
            { } when IsScaledToZero(facts) => "The workers are scaled to zero",
            { } deployments when deployments.All(d => d.DesiredReplicas is not null) =>
                $"0 of {deployments.Aggregate((Int128)0, (sum, d) => sum + d.DesiredReplicas!.Value)} desired workers run",
            { } => "No deployed worker runs",
            null when facts.Workers?.LivenessSource == LivenessSource.JobLocks => "No worker holds a job or claims one",
            null => "No worker is active",
        };
        return facts.Queue switch
        {
            null => $"{workers}; the queue is not known.",
            { Runnable: 0 } => $"{workers}; no job waits.",
            { OldestRunnableAgeSeconds: { } age } queue => $"{workers} while {Jobs(facts, queue)}, the oldest for {Wording.Seconds(age)}.",
            { } queue => $"{workers} while {Jobs(facts, queue)}.",
        };

        static string Jobs(FleetFacts facts, QueueEvidence queue) =>
            $"{facts.QueueCount("runnable", queue.Runnable)} {(queue.Runnable == 1 ? "job waits" : "jobs wait")}";
    }

    private static List<EvidenceLine> Evidence(FleetFacts facts)
    {
        var evidence = new List<EvidenceLine>();
        if (facts.Workers is not null)
        {
            evidence.Add(facts.ActiveWorkers());
        }

        if (facts.Snapshot.Deployments.IsKnown)
        {
            evidence.Add(facts.RunningInstances("> 0"));
            evidence.AddRange(facts.DeploymentLines(static (f, deployment) => DesiredReplicas(f, deployment)));
        }

        if (facts.Queue is { Runnable: > 0 })
        {
            evidence.Add(facts.Runnable($"at most {facts.Thresholds.BacklogJobs}"));
            if (facts.Queue.OldestRunnableAgeSeconds is not null)
            {
                evidence.Add(facts.OldestRunnable(facts.Thresholds.ClaimGrace));
            }
        }

        return evidence;
    }

    private static EvidenceLine? DesiredReplicas(FleetFacts facts, DeploymentEvidence deployment) => deployment.DesiredReplicas is { } desired
        ? facts.Line($"deployments.{deployment.Name}.desiredReplicas", desired, "> 0", Measured.Platform(deployment.Platform))
        : null;

    private static Cause? ScaledToZero(FleetFacts facts)
    {
        const string Title = "The deployment is scaled to zero";
        return IsScaledToZero(facts) ? Causes.Confirmed(CauseCodes.ScaledToZero, Title, facts.DeploymentLines(static (f, deployment) => DesiredReplicas(f, deployment)))
            : facts.Snapshot.Deployments.IsKnown ? null
            : Causes.Possible(CauseCodes.ScaledToZero, Title);
    }

    private static Cause? NotDeployed(FleetFacts facts)
    {
        const string Title = "No worker is deployed";
        return facts.Snapshot.Deployments.Value switch
        {
            null => Causes.Possible(CauseCodes.NotDeployed, Title),
            { Count: 0 } => Causes.Confirmed(CauseCodes.NotDeployed, Title, facts.Line("deployments", "none", "at least 1", "deployments")),
            _ => null,
        };
    }

    private static Cause? AllCrashed(FleetFacts facts)
    {
        const string Title = "All workers have crashed";
        var crashed = facts.InstanceLines(static (f, deployment, instance) => f.HasCrashed(instance) ? f.State(deployment, instance) : null);
        return crashed.Count > 0 ? Causes.Confirmed(CauseCodes.AllCrashed, Title, crashed)
            : facts.Queue?.StaleRunning is { } stale and > 0 ? Causes.Likely(CauseCodes.AllCrashed, Title, facts.Queue("staleRunning", stale, "0"))
            : facts.Snapshot.Deployments.IsKnown ? null
            : Causes.Possible(CauseCodes.AllCrashed, Title);
    }
}

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
        CausePages =
        [
            new(
                CauseCodes.ScaledToZero,
                "The deployment is scaled to zero",
                "Somebody or something asked for 0 workers: a maintenance that was not undone, an autoscaler, a wrong value in a rollout. Nothing is broken.") { Runbook = "worker-debugging.md#cause-worker-deployment-scaled-to-zero" },
            new(
                CauseCodes.NotDeployed,
                "No worker is deployed",
                "Where we looked there is no worker deployment at all: it was deleted, never created, or has another name or label than was looked for."),
            new(
                CauseCodes.StartupFailure,
                "Instances can't start",
                "The platform can't start the worker: the image can't be pulled, a secret or volume is missing, no machine has room.") { SeeAlso = [DiagnosisCodes.WorkersBelowDesired], Runbook = "worker-debugging.md#12-check-worker-startup-logs" },
            new(
                CauseCodes.AllCrashed,
                "All workers have crashed",
                "Workers were there and have ended with an error, and none was started again.") { SeeAlso = [DiagnosisCodes.WorkersCrashLooping] },
        ],
        Explains = [(DiagnosisCodes.QueueBacklog, null)],
    };

    private static DiagnosticSnapshot Nobody { get; } = ExampleFleet.Idle.Workers(w => w with { Active = 0, LastHeartbeatAt = null });
}
