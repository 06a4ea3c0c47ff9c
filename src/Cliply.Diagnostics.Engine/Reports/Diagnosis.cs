namespace Cliply.Diagnostics.Reports;

/// <summary>One page of the runbook, filled in.</summary>
public sealed record Diagnosis
{
    /// <summary>Lower-case words joined by hyphens, such as <c>no-workers-running</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The runbook's number; null for conditions that have none.</summary>
    public int? Scenario { get; init; }

    /// <summary>The condition in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>How sure it is.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>One sentence with the numbers that matter.</summary>
    public required string Summary { get; init; }

    /// <summary>What speaks for it.</summary>
    public IReadOnlyList<EvidenceLine> Evidence { get; init; } = [];

    /// <summary>Why it is so, most credible first; causes that the evidence rules out are left out.</summary>
    public IReadOnlyList<Cause> Causes { get; init; } = [];

    /// <summary>Codes of the diagnoses that explain this one.</summary>
    public IReadOnlyList<string> SymptomOf { get; init; } = [];

    /// <summary>What it means for users, and for which job kinds.</summary>
    public string Impact { get; init; } = "";

    /// <summary>What to look at next.</summary>
    public IReadOnlyList<NextCheck> NextChecks { get; init; } = [];

    /// <summary>What to do, by horizon.</summary>
    public IReadOnlyList<RemediationStep> Remediation { get; init; } = [];

    /// <summary>How to see that the fix worked.</summary>
    public IReadOnlyList<string> Verification { get; init; } = [];

    /// <summary>File and anchor of the runbook's page; null where it has none.</summary>
    public string? Runbook { get; init; }

    /// <summary>The cause with that code; null where it is not listed.</summary>
    /// <param name="code">A cause's code.</param>
    public Cause? FindCause(string code)
    {
        foreach (var cause in Causes)
        {
            if (cause.Code == code)
            {
                return cause;
            }
        }

        return null;
    }

    /// <summary>Whether the cause with that code is listed as confirmed.</summary>
    /// <param name="code">A cause's code.</param>
    public bool IsConfirmed(string code) => FindCause(code)?.Confidence == Reports.Confidence.Confirmed;
}
