using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

/// <summary>Runbook: "Step 3: Check Binary Availability"; how bad it is follows from what the queue holds.</summary>
internal sealed class YtDlpUnavailableScenario : IScenario
{
    public string Code => DiagnosisCodes.YtDlpUnavailable;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.UnavailableBinary(JobKinds.YtDlp) is not { } ytDlp)
        {
            return null;
        }

        var severity = SeverityOf(facts);
        return new Diagnosis
        {
            Code = Code,
            Title = "yt-dlp not available",
            Severity = severity,
            Summary = MissingBinaryPage.Summary(ytDlp),
            Evidence = [facts.Binary(ytDlp)],
            Causes = [MissingBinaryPage.Cause(facts, ytDlp)],
            Impact = severity switch
            {
                Severity.Critical => "YOUTUBE_DOWNLOAD jobs fail, and there are some to run.",
                Severity.Warning when facts.Queue?.Kinds is null => "YOUTUBE_DOWNLOAD jobs fail; whether there are any is not known.",
                Severity.Warning => "YOUTUBE_DOWNLOAD jobs fail; those that there were have become dead letters.",
                _ => "None now: YOUTUBE_DOWNLOAD jobs would fail, but there are none.",
            },
            NextChecks = MissingBinaryPage.NextChecks(facts, ytDlp, "--version"),
            Remediation = MissingBinaryPage.Remediation(facts, ytDlp),
            Verification = MissingBinaryPage.Verification(ytDlp, "--version"),
            Runbook = "worker-debugging.md#step-3-check-binary-availability",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code switch
    {
        DiagnosisCodes.JobsFailing => JobKinds.HaveFailed(facts, JobKinds.UsingYtDlp),
        DiagnosisCodes.DeadLetterSpike => JobKinds.HoldMostDeadLetters(facts, JobKinds.UsingYtDlp),
        _ => false,
    };

    private static Severity SeverityOf(FleetFacts facts)
    {
        if (facts.Queue?.Kinds is null)
        {
            return Severity.Warning;
        }

        var alive = facts.SumOverKinds(JobKinds.UsingYtDlp, k => k.Runnable) > 0
            || facts.SumOverKinds(JobKinds.UsingYtDlp, k => k.Scheduled) > 0
            || facts.SumOverKinds(JobKinds.UsingYtDlp, k => k.Running) > 0
            || facts.SumOverKinds(JobKinds.UsingYtDlp, k => k.Failed) > 0;
        return alive ? Severity.Critical
            : facts.SumOverKinds(JobKinds.UsingYtDlp, k => k.DeadLetter) > 0 ? Severity.Warning
            : Severity.Info;
    }
}
