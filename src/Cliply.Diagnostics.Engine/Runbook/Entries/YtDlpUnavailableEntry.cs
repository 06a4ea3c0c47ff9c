using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class YtDlpUnavailableEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.YtDlpUnavailable,
            null,
            "yt-dlp not available",
            [Severity.Critical, Severity.Warning, Severity.Info],
            "yt-dlp can't be used where the check ran, which should be where the workers run. YOUTUBE_DOWNLOAD jobs fail; whoever downloads nothing from YouTube needs to do nothing."),
        Forms =
        [
            new(Severity.Critical, _ => "yt-dlp is not available, and there are YOUTUBE_DOWNLOAD jobs that wait, run or have failed with retries left.", _ => With(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Runnable = 1 })),
            new(Severity.Warning, _ => "yt-dlp is not available, and YOUTUBE_DOWNLOAD has only dead letters.", _ => With(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", DeadLetter = 1 })),
            new(Severity.Warning, _ => "yt-dlp is not available, and the kinds of the jobs are not known.", _ => Missing),
            new(Severity.Info, _ => "yt-dlp is not available, and there is no YOUTUBE_DOWNLOAD job.", _ => With()),
        ],
        Causes = SharedRules.Binaries("yt-dlp", () => ExampleFleet.Idle),
        Explains =
        [
            (DiagnosisCodes.JobsFailing, "where YOUTUBE_DOWNLOAD has failed or dead-lettered jobs"),
            (DiagnosisCodes.DeadLetterSpike, "where YOUTUBE_DOWNLOAD holds more than half of the dead letters"),
        ],
    };

    private static DiagnosticSnapshot Missing { get; } = ExampleFleet.Idle.Binary("yt-dlp", BinaryStatus.NotFound);

    private static DiagnosticSnapshot With(params QueueKind[] kinds) => Missing.Queue(q => q with { Kinds = kinds });
}
