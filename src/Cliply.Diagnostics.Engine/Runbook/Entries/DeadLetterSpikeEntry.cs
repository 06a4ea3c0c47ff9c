using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

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
    };

    private static DiagnosisEntry.CauseEntry ByPattern(string pattern, string what) => new(
        pattern,
        _ => $"More than half of the failed and dead-lettered jobs, old ones included, show {what}.",
        null,
        t => Dead(t.DeadLetters + 1L, lastHour: 0).Queue(q => q.WithErrors(pattern)));

    private static DiagnosticSnapshot Dead(long count, long lastHour) => ExampleFleet.Idle.Queue(q => q with { DeadLetter = count, DeadLetteredLastHour = lastHour });
}
