using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>What a job's state means now, and what the runbook says of it.</summary>
/// <param name="Code">The meaning for programs, such as <c>overdue</c>.</param>
/// <param name="Tone">How bad it is.</param>
/// <param name="Summary">The meaning for people, in a sentence.</param>
/// <param name="Details">More sentences.</param>
/// <param name="Steps">What to do next.</param>
/// <param name="Runbook">The runbook's section; null: it has none.</param>
internal sealed record JobExplanation(string Code, Tone Tone, string Summary, IReadOnlyList<string> Details, IReadOnlyList<JobStep> Steps, string? Runbook)
{
    /// <summary>From this age of its heartbeat on <c>worker_recover_stuck_jobs</c> takes a job back.</summary>
    public static readonly TimeSpan RecoveredAfter = TimeSpan.FromSeconds(900);

    private const string Scheduled = "worker-debugging.md#23-check-run_at-timestamps";
    private const string NotClaimed = "worker-debugging.md#scenario-2-workers-running-but-not-claiming-jobs";
    private const string Stuck = "worker-debugging.md#scenario-3-workers-stuck-stale-heartbeats";
    private const string Problematic = "worker-debugging.md#42-identify-problematic-jobs";

    private static readonly JobStep Diagnose = new("What is wrong with the fleet?", Commands.Look(CommandPlatform.Any, "cliply diagnose"));

    public static JobExplanation Of(JobDetails job, DiagnosisThresholds thresholds) => job.Meaning switch
    {
        JobState.Waiting => OfWaiting(job, thresholds),
        JobState.Running => OfRunning(job, thresholds),
        JobState.Failed => OfFailed(job),
        JobState.DeadLetter => OfDeadLetter(job),
        JobState.Done => new("done", Tone.Good, $"It is done{Since(job.UpdatedAt, job.Now, ", and did not change for ")}.", [], [], null),
        JobState.Cancelled => new("cancelled", Tone.Muted, $"It was cancelled{Since(job.UpdatedAt, job.Now, ", and did not change for ")}. No worker takes it.", [], [], null),
        _ => new("unknown", Tone.Warning, $"The runbook knows no state '{job.State}'.", ["Counts take it for done, and the workers' claim does not ask for it: only what wrote that state knows what it means."], [], null),
    };

    private static JobExplanation OfWaiting(JobDetails job, DiagnosisThresholds thresholds)
    {
        if (job.RunAt > job.Now)
        {
            var isRetry = job.Attempts > 0;
            var due = job.RunAt == DateTimeOffset.MaxValue ? "It is scheduled for never: its due time is infinity." : $"It is scheduled, and due in {Wording.Duration(job.RunAt.Value - job.Now)}.";
            return new("scheduled", Tone.Normal, due,
                [isRetry ? $"That is normal for a retry with back-off: {JobWords.Attempts(job.Attempts, job.MaxAttempts)} attempts failed so far." : "Whoever queued it gave it a start in the future. Until then no worker takes it."],
                [], Scheduled);
        }

        // A job without a due time is due from the start.
        if ((job.RunAt ?? job.CreatedAt) is not { } since || since == DateTimeOffset.MinValue)
        {
            return new("runnable", Tone.Normal, "It is due now; the table does not tell since when.", [], [Diagnose], NotClaimed);
        }

        var waited = job.Now - since;
        return waited <= thresholds.ClaimGrace
            ? new("runnable", Tone.Good, $"It is due, and has been for {Wording.Duration(waited)}.",
                [$"A free worker claims a due job within seconds; up to {Wording.Duration(thresholds.ClaimGrace)} is normal while all are busy."], [], NotClaimed)
            : new("overdue", Tone.Warning, $"It is overdue: it has been due for {Wording.Duration(waited)}, and nobody took it.",
                [$"A free worker would have claimed it within {Wording.Duration(thresholds.ClaimGrace)}. So none runs (scenario 1), all are busy, or they don't claim (scenario 2)."],
                [new("Is a worker there, and is it free?", Commands.Look(CommandPlatform.Any, "cliply workers status")), Diagnose], NotClaimed);
    }

    private static JobExplanation OfRunning(JobDetails job, DiagnosisThresholds thresholds)
    {
        var holder = job.LockedBy is { } worker ? $"held by {worker}" : "and the row does not say which worker holds it";
        if ((job.HeartbeatAt ?? job.LockedAt) is not { } beat)
        {
            return new("silent", Tone.Warning, $"It is running, {holder}.",
                ["Neither a heartbeat nor the time of the claim is there, so that nothing tells whether its worker lives."],
                [new("Does its worker still log?", WorkerCommands.Logs(job.LockedBy)), Diagnose], Stuck);
        }

        var age = job.Now - beat;
        var sign = job.HeartbeatAt is null ? $"it has no heartbeat yet, and was claimed {Wording.Duration(age)} ago" : $"its last heartbeat is {Wording.Duration(age)} old";
        if (age < -thresholds.ClockSkew)
        {
            return new("clockSkew", Tone.Warning, $"It is running, {holder}; its heartbeat lies {Wording.Duration(-age)} in the future.",
                ["Clocks disagree: the heartbeat was not written by the database's clock. Its age can't be told."], [Diagnose], Stuck);
        }

        if (age <= thresholds.HeartbeatFresh)
        {
            return new("running", Tone.Good, $"It is running, {holder}; {sign}.", [$"That is fresh: at most {Wording.Duration(thresholds.HeartbeatFresh)}."], [], null);
        }

        if (age <= thresholds.HeartbeatStale)
        {
            return new("late", Tone.Warning, $"It is running, {holder}; {sign}.",
                [$"That is late, and stale after {Wording.Duration(thresholds.HeartbeatStale)}. A worker beats every 5 s while it has a job.", Recovery(job, age)],
                [new("Does its worker still log?", WorkerCommands.Logs(job.LockedBy))], Stuck);
        }

        var steps = new List<JobStep>
        {
            new("What does its worker log, and since when no more?", WorkerCommands.Logs(job.LockedBy)),
            new("Is it at a limit of CPU or memory?", WorkerCommands.Resources(job.LockedBy)),
            new("Restart the worker if it hangs.", WorkerCommands.Restart(job.LockedBy)),
        };
        if (job.Shape.HasRecovery)
        {
            steps.Add(new("Take all jobs back from workers that are silent for as long.", JobWords.Psql($"select {Sql.Name(job.Table.Schema, "worker_recover_stuck_jobs")}({RecoveredAfter.TotalSeconds:0});", CommandEffect.Changing)));
        }

        return new("stale", Tone.Bad, $"It is stuck: running, {holder}; {sign}.",
            [$"That is stale: over {Wording.Duration(thresholds.HeartbeatStale)}. The worker hangs, loops, has lost the network, or is gone.", Recovery(job, age)], steps, Stuck);
    }

    /// <summary>When the job is taken back by itself.</summary>
    private static string Recovery(JobDetails job, TimeSpan age)
    {
        var recovered = RecoveredAfter - age;
        return !job.Shape.HasRecovery ? "This database has no function worker_recover_stuck_jobs, so that nothing takes it back by itself."
            : recovered > TimeSpan.Zero ? $"worker_recover_stuck_jobs queues it again once the heartbeat is {Wording.Duration(RecoveredAfter)} old, in {Wording.Duration(recovered)}."
            : $"worker_recover_stuck_jobs should have queued it again {Wording.Duration(-recovered)} ago: nobody calls it, or it fails.";
    }

    private static JobExplanation OfFailed(JobDetails job)
    {
        var (summary, details) = (job.Attempts, job.MaxAttempts) switch
        {
            ({ } attempts, { } most) when attempts >= most => ($"It failed, with all {JobWords.Count(most)} attempts used.", "A job without retries left should be a dead letter; whatever set this state did not make it one."),
            ({ } attempts, { } most) => ($"It failed, with retries left: {attempts} of {most} attempts are used.", "Workers put a job with retries left back into the queue, due after a back-off. While it stays in this state nobody takes it."),
            _ => ("It failed; the table does not tell how many retries are left.", "While it stays in this state nobody takes it."),
        };
        return new("failed", Tone.Warning, summary, [details], [new("Do others end with the same error?", Commands.Look(CommandPlatform.Any, "cliply dlq list")), Diagnose], Problematic);
    }

    private static JobExplanation OfDeadLetter(JobDetails job) => new(
        "deadLetter", Tone.Bad, $"It {(job.UpdatedAt is null ? "is a dead letter" : $"has been a dead letter{Since(job.UpdatedAt, job.Now, " for ")}")}: its retries are exhausted ({JobWords.Attempts(job.Attempts, job.MaxAttempts)} attempts).",
        ["It is not tried again by itself."],
        [new("May it be queued again?", Commands.Look(CommandPlatform.Any, $"cliply dlq inspect {Commands.Word(job.Id)}"))], Problematic);

    private static string Since(DateTimeOffset? time, DateTimeOffset now, string text) => time is { } at ? text + JobWords.Since(at, now) : "";
}
