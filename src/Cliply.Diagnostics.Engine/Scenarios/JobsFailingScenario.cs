using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

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
