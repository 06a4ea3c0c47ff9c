using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Classification;

/// <summary>
/// Root problems first, by the worst severity among themselves and all they explain, directly or through others, then in
/// the table's order; after them the symptoms, by their own severity, then in the table's order.
/// </summary>
internal static class DiagnosisOrder
{
    public static IReadOnlyList<Diagnosis> Arrange(List<DiagnosisClassifier.Found> found)
    {
        if (found.Count > 1)
        {
            found.Sort(static (a, b) => Compare(a, b));
        }

        return found.ConvertAll(static f => f.Diagnosis);
    }

    private static int Compare(DiagnosisClassifier.Found a, DiagnosisClassifier.Found b)
    {
        var aIsRoot = a.Diagnosis.SymptomOf.Count == 0;
        var bIsRoot = b.Diagnosis.SymptomOf.Count == 0;
        if (aIsRoot != bIsRoot)
        {
            return aIsRoot ? -1 : 1;
        }

        var bySeverity = aIsRoot
            ? WorstExplained(b, []).CompareTo(WorstExplained(a, []))
            : b.Diagnosis.Severity.CompareTo(a.Diagnosis.Severity);
        return bySeverity != 0 ? bySeverity : a.Index.CompareTo(b.Index);
    }

    private static Severity WorstExplained(DiagnosisClassifier.Found root, HashSet<int> seen)
    {
        var worst = root.Diagnosis.Severity;
        if (worst == Severity.Critical || !seen.Add(root.Index))
        {
            return worst;
        }

        foreach (var symptom in root.Explains)
        {
            var below = WorstExplained(symptom, seen);
            worst = below > worst ? below : worst;
        }

        return worst;
    }
}
