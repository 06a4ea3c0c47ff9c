namespace Cliply.Diagnostics.Reports;

/// <summary>Whether to call engineering (runbook: "When to Escalate").</summary>
/// <param name="Recommended">Whether the runbook says to.</param>
/// <param name="Reasons">Why; empty when it does not.</param>
/// <param name="Include">What to hand over with it, be it recommended or not.</param>
public sealed record Escalation(bool Recommended, IReadOnlyList<string> Reasons, IReadOnlyList<string> Include);
