using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

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
