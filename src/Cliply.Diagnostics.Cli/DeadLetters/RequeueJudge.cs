using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>
/// Judges whether a dead letter may be queued again: by what killed it, by whether its kind may run twice, and by whether the
/// cause still kills others. Never safe by default: what is not known is unknown.
/// </summary>
internal static class RequeueJudge
{
    /// <summary>Kinds that leave something outside which a second run would do again.</summary>
    private static readonly string[] Publishing = ["PUBLISH_YOUTUBE", "PUBLISH_TIKTOK"];

    /// <summary>Kinds that write over what they wrote before.</summary>
    private static readonly string[] Repeatable = ["TRANSCRIBE", "HIGHLIGHT_DETECT", "CLIP_RENDER", "THUMBNAIL_GEN", "YOUTUBE_DOWNLOAD", "CLEANUP_STORAGE"];

    /// <param name="job">The dead letter.</param>
    /// <param name="same">Those that died of the same; null: not known.</param>
    /// <param name="window">A death within this time says that its cause is still there.</param>
    public static RequeueAdvice Judge(JobDetails job, SameDeaths? same, TimeSpan window)
    {
        var cause = OfCause(job, same, window);
        var reasons = new List<string>(cause.Reasons);
        var before = new List<JobStep>(cause.Before);
        var verdict = cause.Verdict;
        if (Publishing.Contains(job.Kind))
        {
            (verdict, var reason) = (verdict, job.Result) switch
            {
                (RequeueVerdict.NotSafe, _) => (verdict, $"{job.Kind} is not repeatable either: an attempt may have published before it failed."),
                (_, not null) => (RequeueVerdict.NotSafe, $"It has a result: an attempt has probably published already, and {job.Kind} would publish again."),
                _ => (RequeueVerdict.Unknown, $"{job.Kind} is not repeatable: an attempt may have published before it failed, and a second one would publish again."),
            };
            reasons.Insert(0, reason);
            before.Insert(0, new JobStep("Look at the account on the platform: is it published already?"));
        }
        else
        {
            if (!Repeatable.Contains(job.Kind))
            {
                verdict = verdict == RequeueVerdict.NotSafe ? verdict : RequeueVerdict.Unknown;
                reasons.Add($"Whether the kind {job.Kind} may run twice is not known.");
                before.Add(new JobStep($"Ask who wrote {job.Kind}: what does a second run do again?"));
            }
            else
            {
                reasons.Add($"{job.Kind} may run again: it writes over what it wrote before.");
            }

            if (job.Result is not null)
            {
                reasons.Add("It has a result: an attempt may have finished its work, and a second one does it again.");
            }
        }

        if (job is { Attempts: { } attempts, MaxAttempts: { } most } && attempts < most)
        {
            reasons.Add($"Only {attempts} of {most} attempts are used: something other than its retries made it a dead letter.");
        }

        return new RequeueAdvice(verdict, reasons, before);
    }

    private static RequeueAdvice OfCause(JobDetails job, SameDeaths? same, TimeSpan window) => job.ErrorPattern switch
    {
        BuiltInLogPatterns.FfmpegNotFound => AfterFix("ffmpeg was missing where it ran. Until it is there, the job fails again.",
            new("Is ffmpeg there now? (scenario 5)", WorkerCommands.BinaryVersion("ffmpeg", "-version"))),
        BuiltInLogPatterns.YtDlpNotFound => AfterFix("yt-dlp was missing where it ran. Until it is there, the job fails again.",
            new("Is yt-dlp there now?", WorkerCommands.BinaryVersion("yt-dlp", "--version"))),
        BuiltInLogPatterns.EnvNotConfigured => AfterFix("A variable was not set where it ran. Until it is, the job fails again.",
            new("Which variables are missing? (1.3)", Commands.Look(CommandPlatform.Any, "cliply check env"))),
        BuiltInLogPatterns.FfmpegTimeout => AfterFix("ffmpeg did not finish in time. With the same file, limit and CPU it does not finish the next time either.",
            new("Give it more time or CPU, or a smaller file.")),
        BuiltInLogPatterns.CredentialsExpired => AfterFix("A platform refused the credentials. Until they are renewed, the job fails again.",
            new("Renew the credentials of the workspace, or have its owner connect the account again.")),
        BuiltInLogPatterns.SourceFileMissing => AfterFix("The file to work on was not there. Until it is, the job fails again.",
            new("Is the file there, or can it be uploaded again?")),
        BuiltInLogPatterns.DatabaseAuthentication => AfterFix("The database refused the worker's password. Until that is right, the job fails again.",
            new("Which problems does the fleet have?", Commands.Look(CommandPlatform.Any, "cliply diagnose"))),
        BuiltInLogPatterns.UnhandledRejection or BuiltInLogPatterns.UncaughtException => AfterFix("Its handler failed with an error that nobody caught. Until that is fixed and deployed, the job fails again (4.2).",
            new("Fix the handler, and deploy it.")),
        BuiltInLogPatterns.NodeHeapOutOfMemory or BuiltInLogPatterns.OomKilled => Crash("It ran out of memory, and took its worker with it. Queued again, it crashes the next worker, with all that this one does.",
            new("Raise the workers' memory, or give it smaller files (4.3).", WorkerCommands.RaiseMemory)),
        BuiltInLogPatterns.SegmentationFault => Crash("It crashed native code, and its worker with it. Queued again, it crashes the next worker, with all that this one does.",
            new("Reproduce it away from the fleet, with the same input and the same ffmpeg (4.2).")),
        BuiltInLogPatterns.StuckJobRecovery when same is { Count: 1 } => new(RequeueVerdict.Unknown,
            [$"It was taken from workers that had fallen silent, and no other of the newest {JobWords.Count(same.Examined)} dead letters was: it may be this job that stops them."],
            [new("What did the worker log while it had the job?", WorkerCommands.Logs(job.LockedBy ?? job.ErrorNotes.GetValueOrDefault("worker_id")))]),
        BuiltInLogPatterns.StuckJobRecovery => Passing(job, same, window, "It was taken from workers that had fallen silent."),
        BuiltInLogPatterns.DatabaseUnreachable or BuiltInLogPatterns.DatabaseTooManyConnections => Passing(job, same, window, "The database could not be reached, or had no connection left."),
        BuiltInLogPatterns.HostNotFound or BuiltInLogPatterns.NetworkTimeout => Passing(job, same, window, "The network failed."),
        _ => new(RequeueVerdict.Unknown,
            [job.Error is null ? "It has no error that would say what killed it." : "Its error shows no pattern that is known, so that nothing says whether the cause is gone."],
            [new("What did the worker log?", WorkerCommands.Logs(job.LockedBy ?? job.ErrorNotes.GetValueOrDefault("worker_id")))]),
    };

    private static RequeueAdvice AfterFix(string reason, JobStep fix) => new(RequeueVerdict.SafeAfterFix, [reason], [fix]);

    private static RequeueAdvice Crash(string reason, JobStep fix) => new(RequeueVerdict.NotSafe, [reason], [fix]);

    /// <summary>A fault that passes: safe once it kills no more.</summary>
    private static RequeueAdvice Passing(JobDetails job, SameDeaths? same, TimeSpan window, string reason)
    {
        var check = new JobStep("Is the cause gone?", Commands.Look(CommandPlatform.Any, "cliply diagnose"));
        if (same?.Newest is not { } newest)
        {
            return new(RequeueVerdict.SafeAfterFix, [reason, "Whether that still happens is not known."], [check]);
        }

        var last = $"the last of {Wording.Count(same.Count, "job", "jobs")} that died so did {JobWords.Since(newest, job.Now)} ago";
        return job.Now - newest <= window
            ? new(RequeueVerdict.SafeAfterFix, [reason, $"That still happens: {last}."], [check])
            : new(RequeueVerdict.Safe, [reason, $"That is over: {last}."], []);
    }
}
