using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Scenario 5: ffmpeg can't be used.</summary>
    public const string FfmpegUnavailable = "ffmpeg-unavailable";
}

internal static partial class CauseCodes
{
    public const string MissingBinary = "missing-binary";
    public const string NotInPath = "not-in-path";
    public const string NotInstalled = "not-installed";
    public const string NotExecutable = "not-executable";
    public const string BrokenBinary = "broken-binary";
}

/// <summary>Runbook: "Scenario 5: FFmpeg Not Available".</summary>
internal sealed class FfmpegUnavailableScenario : IScenario
{
    public string Code => DiagnosisCodes.FfmpegUnavailable;

    public Diagnosis? Diagnose(FleetFacts facts) => facts.UnavailableBinary(JobKinds.Ffmpeg) is not { } ffmpeg ? null : new Diagnosis
    {
        Code = Code,
        Scenario = 5,
        Title = "FFmpeg not available",
        Severity = Severity.Critical,
        Summary = MissingBinaryPage.Summary(ffmpeg),
        Evidence = [facts.Binary(ffmpeg)],
        Causes = [MissingBinaryPage.Cause(facts, ffmpeg)],
        Impact = "All video processing fails: TRANSCRIBE, CLIP_RENDER and THUMBNAIL_GEN jobs end as dead letters.",
        NextChecks = MissingBinaryPage.NextChecks(facts, ffmpeg, "-version"),
        Remediation = MissingBinaryPage.Remediation(facts, ffmpeg),
        Verification = MissingBinaryPage.Verification(ffmpeg, "-version"),
        Runbook = "worker-debugging.md#scenario-5-ffmpeg-not-available",
    };

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code switch
    {
        DiagnosisCodes.JobsFailing => facts.Queue?.Kinds is null || JobKinds.HaveFailed(facts, JobKinds.UsingFfmpeg),
        DiagnosisCodes.DeadLetterSpike => JobKinds.HoldMostDeadLetters(facts, JobKinds.UsingFfmpeg),
        _ => false,
    };
}

internal static class FfmpegUnavailableEntry
{
    private const string EitherProgram = "ffmpeg or yt-dlp";

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
        CausePages =
        [
            new(
                CauseCodes.NotInPath,
                MissingBinaryPage.CauseTitle(CauseCodes.NotInPath, EitherProgram),
                "The program is on the machine or in the image, but the worker's PATH does not lead to its folder.") { SeeAlso = [DiagnosisCodes.YtDlpUnavailable] },
            new(
                CauseCodes.NotInstalled,
                MissingBinaryPage.CauseTitle(CauseCodes.NotInstalled, EitherProgram),
                "The program is not in the image or on the machine: the Dockerfile does not install it, or another image was deployed.") { SeeAlso = [DiagnosisCodes.YtDlpUnavailable], Runbook = "worker-debugging.md#cause-ffmpeg-missing" },
            new(
                CauseCodes.NotExecutable,
                MissingBinaryPage.CauseTitle(CauseCodes.NotExecutable, EitherProgram),
                "The file is there, but the worker's user may not run it: a lost x bit, a file system mounted noexec, or a folder that can't be entered.") { SeeAlso = [DiagnosisCodes.YtDlpUnavailable] },
            new(
                CauseCodes.BrokenBinary,
                MissingBinaryPage.CauseTitle(CauseCodes.BrokenBinary, EitherProgram),
                "The program starts and fails, or hangs: a missing library, a build for another processor, a cut download, an outdated Python below yt-dlp.") { SeeAlso = [DiagnosisCodes.YtDlpUnavailable] },
            new(
                CauseCodes.MissingBinary,
                "A program that jobs call is missing",
                "ffmpeg or yt-dlp can't be used where the workers run, so that every job that calls it fails.") { SeeAlso = [DiagnosisCodes.YtDlpUnavailable], Runbook = "worker-debugging.md#cause-ffmpeg-missing" },
        ],
        Explains =
        [
            (DiagnosisCodes.JobsFailing, "where TRANSCRIBE, CLIP_RENDER or THUMBNAIL_GEN has failed or dead-lettered jobs, or the kinds are not known"),
            (DiagnosisCodes.DeadLetterSpike, "where TRANSCRIBE, CLIP_RENDER and THUMBNAIL_GEN together hold more than half of the dead letters"),
        ],
    };
}
