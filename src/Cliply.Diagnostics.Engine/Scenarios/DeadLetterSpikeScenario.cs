using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Many jobs have run out of retries.</summary>
    public const string DeadLetterSpike = "dead-letter-spike";
}

/// <summary>Many jobs have run out of retries (runbook: "Step 2: Check Overall Queue Health").</summary>
internal sealed class DeadLetterSpikeScenario : IScenario
{
    private static readonly string[] AllCauses =
    [
        CauseCodes.MissingBinary,
        BuiltInLogPatterns.CredentialsExpired, BuiltInLogPatterns.SourceFileMissing, BuiltInLogPatterns.FfmpegTimeout, BuiltInLogPatterns.StuckJobRecovery,
    ];

    public string Code => DiagnosisCodes.DeadLetterSpike;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Queue is not { } queue)
        {
            return null;
        }

        var isCritical = queue.DeadLetter > facts.Thresholds.DeadLettersCritical && queue.DeadLetteredLastHour is null or > 0;
        if (!isCritical && queue.DeadLetter <= facts.Thresholds.DeadLetters && !(queue.DeadLetteredLastHour > facts.Thresholds.DeadLettersLastHour))
        {
            return null;
        }

        var evidence = new List<EvidenceLine> { facts.Queue("deadLetter", queue.DeadLetter, $"at most {facts.Thresholds.DeadLetters}") };
        if (queue.DeadLetteredLastHour is { } recent)
        {
            evidence.Add(facts.Queue("deadLetteredLastHour", recent, $"at most {facts.Thresholds.DeadLettersLastHour}"));
        }

        return new Diagnosis
        {
            Code = Code,
            Title = "Dead letters",
            Severity = isCritical ? Severity.Critical : Severity.Warning,
            Summary = $"{facts.QueueCount("deadLetter", queue.DeadLetter)} {(queue.DeadLetter == 1 ? "job has" : "jobs have")} run out of retries"
                + (queue.DeadLetteredLastHour is { } lastHour ? $", {facts.QueueCount("deadLetteredLastHour", lastHour)} of them within the last hour." : "."),
            Evidence = evidence,
            Causes = Causes.Ranked(
                MissingBinary(facts),
                MostErrors(facts, queue, BuiltInLogPatterns.CredentialsExpired, "Credentials of a platform have expired"),
                MostErrors(facts, queue, BuiltInLogPatterns.SourceFileMissing, "The file to work on is missing"),
                MostErrors(facts, queue, BuiltInLogPatterns.FfmpegTimeout, "ffmpeg does not finish in time"),
                MostErrors(facts, queue, BuiltInLogPatterns.StuckJobRecovery, "Jobs were taken from workers that had stopped")),
            Impact = $"These jobs are not tried again by themselves, and what their users asked for is not delivered: {JobKinds.Suffering(facts, k => k.DeadLetter, "the kinds are not known")}.",
            NextChecks = [new("Which errors did they end with, and of which kind are they?", Commands.RecentFailures) { Decides = AllCauses }],
            Remediation =
            [
                new(RemediationHorizon.Quick, "Find the error that most of them share.", Commands.RecentFailures) { Removes = AllCauses },
                new(RemediationHorizon.Medium, "Fix that cause: the binary, the credentials, the missing files, the timeout. Only then requeue them (see the DLQ recovery runbook).", Commands.None) { Removes = AllCauses },
                new(RemediationHorizon.Long, "Fail fast on errors that no retry can heal, and alert on new dead letters.", Commands.None) { Removes = [BuiltInLogPatterns.CredentialsExpired, BuiltInLogPatterns.SourceFileMissing] },
            ],
            Verification = ["No new dead letter for an hour.", "Requeued jobs complete."],
            Runbook = "worker-debugging.md#step-2-check-overall-queue-health",
        };
    }

    private static Cause? MissingBinary(FleetFacts facts)
    {
        var evidence = new List<EvidenceLine>();
        if (facts.UnavailableBinary(JobKinds.Ffmpeg) is { } ffmpeg && JobKinds.HoldMostDeadLetters(facts, JobKinds.UsingFfmpeg))
        {
            evidence.Add(facts.Binary(ffmpeg));
        }

        if (facts.UnavailableBinary(JobKinds.YtDlp) is { } ytDlp && JobKinds.HoldMostDeadLetters(facts, JobKinds.UsingYtDlp))
        {
            evidence.Add(facts.Binary(ytDlp));
        }

        return Causes.ConfirmedBy(
            CauseCodes.MissingBinary,
            "A program that jobs call is missing",
            evidence,
            ruledOut: facts.Snapshot.Binaries.IsKnown && facts.Queue?.Kinds is not null);
    }

    /// <summary>Dead letters are old by nature, so that errors outside the evidence window count here too.</summary>
    private static Cause? MostErrors(FleetFacts facts, QueueEvidence queue, string pattern, string title)
    {
        if (queue.Errors is not { } errors)
        {
            return Causes.Possible(pattern, title);
        }

        Int128 all = 0;
        Int128 matching = 0;
        foreach (var error in errors)
        {
            all += error.Count ?? 0;
            matching += error.Pattern == pattern ? error.Count ?? 0 : 0;
        }

        return matching * 2 > all
            ? Causes.Confirmed(pattern, title, facts.Line($"queue.errors.{pattern}", $"{matching} of {all} errors", "no pattern in more than half", "job store"))
            : null;
    }
}

internal static class DeadLetterSpikeEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.DeadLetterSpike,
            null,
            "Dead letters",
            [Severity.Critical, Severity.Warning],
            "Many jobs have used up their retries. They are not tried again by themselves, and what their users asked for is not delivered."),
        Forms =
        [
            new(
                Severity.Critical,
                t => $"There are more than {t.DeadLettersCritical} dead letters, and new ones came within the last hour or that can't be observed.",
                t => Dead(t.DeadLettersCritical + 1L, lastHour: 1)),
            new(
                Severity.Warning,
                t => $"There are more than {t.DeadLetters} dead letters, or more than {t.DeadLettersLastHour} came within the last hour.",
                t => Dead(t.DeadLetters + 1L, lastHour: 0)),
        ],
        Thresholds = [nameof(DiagnosisThresholds.DeadLetters), nameof(DiagnosisThresholds.DeadLettersLastHour), nameof(DiagnosisThresholds.DeadLettersCritical)],
        Causes =
        [
            new(
                CauseCodes.MissingBinary,
                _ => "ffmpeg can't be used, and TRANSCRIBE, CLIP_RENDER and THUMBNAIL_GEN hold more than half of the dead letters; or yt-dlp can't be used, and YOUTUBE_DOWNLOAD does.",
                null,
                t => Dead(t.DeadLetters + 1L, lastHour: 0).Queue(q => q with { Kinds = [new QueueKind { Kind = "TRANSCRIBE", DeadLetter = q.DeadLetter }] }).Binary("ffmpeg", BinaryStatus.NotFound)),
            ByPattern(BuiltInLogPatterns.CredentialsExpired, "401 or \"invalid credentials\""),
            ByPattern(BuiltInLogPatterns.SourceFileMissing, "ENOENT or \"no such file or directory\""),
            ByPattern(BuiltInLogPatterns.FfmpegTimeout, "that ffmpeg timed out"),
            ByPattern(BuiltInLogPatterns.StuckJobRecovery, "\"heartbeat stale\""),
        ],
        CausePages =
        [
            new(
                BuiltInLogPatterns.StuckJobRecovery,
                "Jobs were taken from workers that had stopped",
                "The queue took these jobs back from workers whose heartbeats had stopped, until their retries were used up. The workers are the problem, not the jobs.") { SeeAlso = [DiagnosisCodes.WorkersStuck, DiagnosisCodes.WorkersCrashLooping] },
        ],
    };

    private static DiagnosisEntry.CauseEntry ByPattern(string pattern, string what) => new(
        pattern,
        _ => $"More than half of the failed and dead-lettered jobs, old ones included, show {what}.",
        null,
        t => Dead(t.DeadLetters + 1L, lastHour: 0).Queue(q => q.WithErrors(pattern)));

    private static DiagnosticSnapshot Dead(long count, long lastHour) => ExampleFleet.Idle.Queue(q => q with { DeadLetter = count, DeadLetteredLastHour = lastHour });
}
