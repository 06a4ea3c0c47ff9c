using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Runbook;

/// <summary>
/// The runbook's page of a diagnosis, for any fleet: checks, remediation and verification are those of the reports, with
/// example names (<c>worker</c>, <c>SUPABASE_URL</c>) where a report has names of the evidence.
/// </summary>
public sealed record DiagnosisExplanation
{
    /// <summary>What it is called and means.</summary>
    public required DiagnosisTopic Topic { get; init; }

    /// <summary>The forms that it takes, the worst first.</summary>
    public required IReadOnlyList<DiagnosisForm> Forms { get; init; }

    /// <summary>When the diagnosis itself is only likely; null: it is always confirmed.</summary>
    public string? LikelyWhen { get; init; }

    /// <summary>The limits that its rules compare with.</summary>
    public required IReadOnlyList<ThresholdInForce> Thresholds { get; init; }

    /// <summary>Its possible causes, in the order in which equally credible ones are listed.</summary>
    public required IReadOnlyList<CauseRule> Causes { get; init; }

    /// <summary>Diagnoses that explain this one, which makes it a symptom of them.</summary>
    public required IReadOnlyList<DiagnosisLink> ExplainedBy { get; init; }

    /// <summary>Diagnoses that this one explains.</summary>
    public required IReadOnlyList<DiagnosisLink> Explains { get; init; }

    /// <summary>What to look at next, over all its causes.</summary>
    public required IReadOnlyList<NextCheck> NextChecks { get; init; }

    /// <summary>What to do by horizon, over all its causes.</summary>
    public required IReadOnlyList<RemediationStep> Remediation { get; init; }

    /// <summary>How to see that the fix worked.</summary>
    public required IReadOnlyList<string> Verification { get; init; }

    /// <summary>Files and anchors of the runbook's pages.</summary>
    public required IReadOnlyList<string> Runbook { get; init; }
}
