using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>More jobs wait, or longer, than they should.</summary>
    public const string QueueBacklog = "queue-backlog";
}

internal static partial class CauseCodes
{
    public const string InsufficientCapacity = "insufficient-capacity";
}

/// <summary>More jobs wait, or longer, than they should (runbook: "Step 2: Check Overall Queue Health").</summary>
internal sealed class QueueBacklogScenario : IScenario
{
    public string Code => DiagnosisCodes.QueueBacklog;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        var isOld = facts.OldestRunnableIsOlderThan(facts.Thresholds.BacklogAge);
        if (facts.Queue is not { } queue || (queue.Runnable <= facts.Thresholds.BacklogJobs && !isOld))
        {
            return null;
        }

        var waiting = $"{facts.QueueCount("runnable", queue.Runnable)} {(queue.Runnable == 1 ? "job waits" : "jobs wait")}";
        var more = Math.Max(facts.NumberOfWorkers + 1, facts.NumberOfWorkers < 1_000 ? facts.NumberOfWorkers * 2 : 0);
        return new Diagnosis
        {
            Code = Code,
            Title = "Queue backlog",
            Severity = Severity.Warning,
            Summary = queue.OldestRunnableAgeSeconds is { } age ? $"{waiting}, the oldest for {Wording.Seconds(age)}." : $"{waiting}.",
            Evidence = queue.OldestRunnableAgeSeconds is null
                ? [facts.Runnable($"at most {facts.Thresholds.BacklogJobs}")]
                : [facts.Runnable($"at most {facts.Thresholds.BacklogJobs}"), facts.OldestRunnable(facts.Thresholds.BacklogAge)],
            Causes = Causes.Ranked(InsufficientCapacity(facts)),
            Impact = $"Users wait longer for their results: {JobKinds.Suffering(facts, k => k.Runnable, "every job kind")}.",
            NextChecks =
            [
                new("Are the workers busy, and at their limits?", Commands.Resources(facts)) { Decides = [CauseCodes.InsufficientCapacity] },
                new("Which jobs have waited longest?", Commands.OldestQueuedJobs) { Decides = [CauseCodes.InsufficientCapacity] },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, $"If the workers are all busy, scale up to {more}.", Commands.Scale(facts, more)) { Removes = [CauseCodes.InsufficientCapacity] },
                new(RemediationHorizon.Medium, "Raise CPU and memory of the workers, if they are at their limits.", Commands.RaiseMemory(facts)) { Removes = [CauseCodes.InsufficientCapacity] },
                new(RemediationHorizon.Long, "Profile the slow jobs; let the number of workers follow the number of runnable jobs.", Commands.None) { Removes = [CauseCodes.InsufficientCapacity] },
            ],
            Verification =
            [
                "The number of runnable jobs falls from one diagnosis to the next.",
                $"Fewer than {facts.Thresholds.BacklogJobs} wait, the oldest for less than {Wording.Duration(facts.Thresholds.BacklogAge)}.",
            ],
            Runbook = "worker-debugging.md#high-queue-depth-zero-active-workers",
        };
    }

    /// <summary>Never confirmed: that workers are busy does not show that more of them would help.</summary>
    private static Cause? InsufficientCapacity(FleetFacts facts)
    {
        const string Title = "Too few workers for the jobs that come";
        var queue = facts.Queue!;
        if (WorkersNotClaimingScenario.Holds(facts))
        {
            return null;
        }

        if (facts.HasFreshWorkers)
        {
            if (queue.ClaimedLast5Minutes is { } claimed and > 0)
            {
                return Causes.Likely(CauseCodes.InsufficientCapacity, Title, facts.ActiveWorkers(), facts.Queue("claimedLast5Minutes", claimed, "as many as come"));
            }

            if (queue.CompletedLast5Minutes is { } completed and > 0)
            {
                return Causes.Likely(CauseCodes.InsufficientCapacity, Title, facts.ActiveWorkers(), facts.Queue("completedLast5Minutes", completed, "as many as come"));
            }

            if (queue is { ClaimedLast5Minutes: null, CompletedLast5Minutes: null } && queue.Running >= facts.NumberOfWorkers)
            {
                return Causes.Likely(CauseCodes.InsufficientCapacity, Title, facts.ActiveWorkers(), facts.Queue("running", queue.Running, $"less than {facts.NumberOfWorkers}"));
            }
        }

        return Causes.Possible(CauseCodes.InsufficientCapacity, Title);
    }
}

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
        CausePages =
        [
            new(
                CauseCodes.InsufficientCapacity,
                "Too few workers for the jobs that come",
                "The workers do their work, and more comes in than they get done.") { Runbook = "worker-debugging.md#quick-fixes--5-minutes" },
        ],
    };

    private static DiagnosticSnapshot Backlog(DiagnosisThresholds thresholds) => ExampleFleet.Idle.Queue(q => q with { Runnable = thresholds.BacklogJobs + 1L });
}
