using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>yt-dlp can't be used.</summary>
    public const string YtDlpUnavailable = "yt-dlp-unavailable";
}

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
