using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

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
    };

    private static DiagnosticSnapshot Failing(DiagnosisThresholds thresholds, long completed) =>
        ExampleFleet.Idle.Queue(q => q with { FailedLast5Minutes = thresholds.FailingJobs, CompletedLast5Minutes = completed });
}
