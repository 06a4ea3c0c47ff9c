using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>A large share of the jobs that end fails.</summary>
    public const string JobsFailing = "jobs-failing";
}

/// <summary>Jobs are claimed and started, and a large share of them fails (runbook: 4.2 and "Symptoms" of scenario 4).</summary>
internal sealed class JobsFailingScenario : IScenario
{
    private static readonly string[] AllCauses =
    [
        CauseCodes.MissingEnvironment, CauseCodes.MissingBinary, CauseCodes.DatabaseConnection,
        BuiltInLogPatterns.CredentialsExpired, BuiltInLogPatterns.SourceFileMissing, BuiltInLogPatterns.FfmpegTimeout,
    ];

    public string Code => DiagnosisCodes.JobsFailing;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Queue is not { CompletedLast5Minutes: { } completed, FailedLast5Minutes: { } failed } || failed < facts.Thresholds.FailingJobs)
        {
            return null;
        }

        var ended = (decimal)completed + failed;
        if (failed * 100m < (decimal)facts.Thresholds.FailingJobsPercent * ended)
        {
            return null;
        }

        return new Diagnosis
        {
            Code = Code,
            Title = "Jobs failing",
            Severity = failed * 100m >= (decimal)facts.Thresholds.FailingJobsCriticalPercent * ended ? Severity.Critical : Severity.Warning,
            Summary = $"{failed} of the {ended} attempts that ended within 5 minutes failed ({Wording.Percent((double)(100m * failed / ended))}).",
            Evidence =
            [
                facts.Queue("failedLast5Minutes", failed, $"less than {facts.Thresholds.FailingJobs}, or less than {Wording.Percent(facts.Thresholds.FailingJobsPercent)}"),
                facts.Queue("completedLast5Minutes", completed, "most of the attempts that end"),
            ],
            Causes = Causes.Ranked(
                SharedCauses.MissingEnvironment(facts),
                SharedCauses.MissingBinary(facts),
                SharedCauses.DatabaseConnection(facts),
                ByPattern(facts, BuiltInLogPatterns.CredentialsExpired, "Credentials of a platform have expired"),
                ByPattern(facts, BuiltInLogPatterns.SourceFileMissing, "The file to work on is missing"),
                ByPattern(facts, BuiltInLogPatterns.FfmpegTimeout, "ffmpeg does not finish in time")),
            Impact = $"Jobs use up their retries and end as dead letters: {JobKinds.Suffering(facts, k => k.Failed ?? 0, "the kinds that fail are not known")}.",
            NextChecks =
            [
                new("Which errors do they end with, and of which kind are they?", Commands.RecentFailures) { Decides = AllCauses },
                new("What do the workers log when a job fails?", Commands.Logs(facts)) { Decides = AllCauses },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, "If it began with a rollout, go back to the version before.", Commands.Rollback(facts)) { Removes = [CauseCodes.MissingEnvironment, CauseCodes.MissingBinary] },
                new(RemediationHorizon.Medium, "Fix what the errors name: a variable, a missing program, the database, expired credentials, a missing file.", Commands.RecentFailures) { Removes = AllCauses },
                new(RemediationHorizon.Long, "Handle the error in the job handler, so that a lasting fault fails fast and a passing one is retried.", Commands.None) { Removes = [BuiltInLogPatterns.CredentialsExpired, BuiltInLogPatterns.SourceFileMissing, BuiltInLogPatterns.FfmpegTimeout] },
            ],
            Verification =
            [
                "Jobs complete, and fewer than one in ten fails.",
                "The number of dead letters stays where it is.",
            ],
            Runbook = "worker-debugging.md#42-identify-problematic-jobs",
        };
    }

    private static Cause? ByPattern(FleetFacts facts, string pattern, string title)
    {
        var evidence = facts.Patterns(pattern);
        return evidence.Count > 0 ? Causes.Likely(pattern, title, evidence)
            : facts.Snapshot.Logs.IsKnown || facts.Queue?.Errors is not null ? null
            : Causes.Possible(pattern, title);
    }
}

internal static class JobsFailingEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.JobsFailing,
            null,
            "Jobs failing",
            [Severity.Critical, Severity.Warning],
            "Workers take jobs and run them, and many attempts end with an error. Each failed attempt uses up a retry; without a fix these jobs end as dead letters."),
        Forms =
        [
            new(
                Severity.Critical,
                t => $"Within 5 minutes at least {t.FailingJobs} attempts failed, and that is {Limits.Percent(t.FailingJobsCriticalPercent)} or more of those that ended.",
                t => Failing(t, completed: 0)),
            new(
                Severity.Warning,
                t => $"Within 5 minutes at least {t.FailingJobs} attempts failed, and that is {Limits.Percent(t.FailingJobsPercent)} or more of those that ended.",
                t => Failing(t, completed: (long)(t.FailingJobs * 100m / (decimal)t.FailingJobsPercent) - t.FailingJobs)),
        ],
        Thresholds = [nameof(DiagnosisThresholds.FailingJobs), nameof(DiagnosisThresholds.FailingJobsPercent), nameof(DiagnosisThresholds.FailingJobsCriticalPercent)],
        Causes =
        [
            SharedRules.MissingEnvironment(t => Failing(t, completed: 0)),
            SharedRules.MissingBinary(t => Failing(t, completed: 0)),
            SharedRules.DatabaseConnection(t => Failing(t, completed: 0)),
            SharedRules.LikelyByPattern(BuiltInLogPatterns.CredentialsExpired, "show 401 or \"invalid credentials\"", t => Failing(t, completed: 0)),
            SharedRules.LikelyByPattern(BuiltInLogPatterns.SourceFileMissing, "show ENOENT or \"no such file or directory\"", t => Failing(t, completed: 0)),
            SharedRules.LikelyByPattern(BuiltInLogPatterns.FfmpegTimeout, "show that ffmpeg timed out", t => Failing(t, completed: 0)),
        ],
        CausePages =
        [
            new(
                BuiltInLogPatterns.CredentialsExpired,
                "Credentials of a platform have expired",
                "A platform that jobs talk to, such as a storage or a social network, refuses the credentials because they have expired, were revoked or rotated.") { SeeAlso = [DiagnosisCodes.DeadLetterSpike] },
            new(
                BuiltInLogPatterns.SourceFileMissing,
                "The file to work on is missing",
                "The job's input is not where it should be: an earlier step failed, it was cleaned up too early, or the volume is not mounted.") { SeeAlso = [DiagnosisCodes.DeadLetterSpike] },
            new(
                BuiltInLogPatterns.FfmpegTimeout,
                "ffmpeg does not finish in time",
                "ffmpeg runs longer than the job allows: very long or damaged files, too little CPU, or a time limit that is too short.") { SeeAlso = [DiagnosisCodes.DeadLetterSpike, DiagnosisCodes.ResourcesExhausted] },
        ],
    };

    private static DiagnosticSnapshot Failing(DiagnosisThresholds thresholds, long completed) =>
        ExampleFleet.Idle.Queue(q => q with { FailedLast5Minutes = thresholds.FailingJobs, CompletedLast5Minutes = completed });
}
