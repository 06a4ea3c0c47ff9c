using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class FfmpegUnavailableEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.FfmpegUnavailable,
            5,
            "FFmpeg not available",
            [Severity.Critical],
            "ffmpeg can't be used where the check ran, which should be where the workers run. Every job that cuts, converts or listens to video fails."),
        Forms = [new(Severity.Critical, _ => "ffmpeg was looked for and is not available: not found, not executable, failing, or not answering.", _ => ExampleFleet.Idle.Binary("ffmpeg", BinaryStatus.NotFound))],
        Causes = SharedRules.Binaries("ffmpeg", () => ExampleFleet.Idle),
        Explains =
        [
            (DiagnosisCodes.JobsFailing, "where TRANSCRIBE, CLIP_RENDER or THUMBNAIL_GEN has failed or dead-lettered jobs, or the kinds are not known"),
            (DiagnosisCodes.DeadLetterSpike, "where TRANSCRIBE, CLIP_RENDER and THUMBNAIL_GEN together hold more than half of the dead letters"),
        ],
    };
}
