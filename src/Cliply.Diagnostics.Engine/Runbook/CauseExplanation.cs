using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Runbook;

/// <summary>What the runbook says of a cause, for any fleet. Checks and remediation are those that reports give for it.</summary>
public sealed record CauseExplanation
{
    /// <summary>What it is called and means.</summary>
    public required CauseTopic Topic { get; init; }

    /// <summary>What confirms it, and what only makes it likely, for each diagnosis that it can be a cause of.</summary>
    public required IReadOnlyList<CauseRule> Rules { get; init; }

    /// <summary>The limits that these rules compare with.</summary>
    public required IReadOnlyList<ThresholdInForce> Thresholds { get; init; }

    /// <summary>Code of the diagnosis whose page checks and remediation are taken from.</summary>
    public required string Page { get; init; }

    /// <summary>How to check whether it is this.</summary>
    public required IReadOnlyList<NextCheck> NextChecks { get; init; }

    /// <summary>What removes it, by horizon.</summary>
    public required IReadOnlyList<RemediationStep> Remediation { get; init; }

    /// <summary>How to see that the fix worked.</summary>
    public required IReadOnlyList<string> Verification { get; init; }

    /// <summary>Codes of diagnoses whose pages also help.</summary>
    public required IReadOnlyList<string> SeeAlso { get; init; }

    /// <summary>File and anchor of the runbook's page.</summary>
    public required string Runbook { get; init; }
}
