using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Runbook;

/// <summary>
/// What the catalog knows of a diagnosis beyond its scenario: the rules in words, and examples from which the scenario
/// itself writes the page.
/// </summary>
internal sealed record DiagnosisEntry
{
    public required DiagnosisTopic Topic { get; init; }

    /// <summary>The worst first.</summary>
    public required IReadOnlyList<FormEntry> Forms { get; init; }

    public Func<DiagnosisThresholds, string>? LikelyWhen { get; init; }

    /// <summary>Names of the limits that the texts of the forms hold.</summary>
    public IReadOnlyList<string> Thresholds { get; init; } = [];

    public IReadOnlyList<CauseEntry> Causes { get; init; } = [];

    /// <summary>The causes that this diagnosis says how to check and remove, each told by one diagnosis alone.</summary>
    public IReadOnlyList<CausePage> CausePages { get; init; } = [];

    /// <summary>Codes of the diagnoses that it explains, and when; null: always.</summary>
    public IReadOnlyList<(string Code, string? When)> Explains { get; init; } = [];

    /// <param name="Severity">How bad it is in this form.</param>
    /// <param name="When">When it is diagnosed.</param>
    /// <param name="Example">A snapshot in which it is.</param>
    internal sealed record FormEntry(Reports.Severity Severity, Func<DiagnosisThresholds, string> When, Func<DiagnosisThresholds, DiagnosticSnapshot> Example);

    /// <param name="Code">The cause's code.</param>
    /// <param name="ConfirmedWhen">What confirms it; null: nothing does.</param>
    /// <param name="LikelyWhen">What only makes it likely; null: nothing does.</param>
    /// <param name="Example">A snapshot in which the diagnosis has that cause: confirmed, or likely where it can't be confirmed.</param>
    internal sealed record CauseEntry(string Code, Func<DiagnosisThresholds, string>? ConfirmedWhen, Func<DiagnosisThresholds, string>? LikelyWhen, Func<DiagnosisThresholds, DiagnosticSnapshot> Example)
    {
        /// <summary>Names of the limits that its texts hold.</summary>
        public IReadOnlyList<string> Thresholds { get; init; } = [];
    }
}
