using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Notifications;

/// <summary>The sections that a reading did not know.</summary>
internal sealed class UnknownSet(IReadOnlyList<UnknownEvidence> unknowns)
{
    public static UnknownSet None { get; } = new([]);

    /// <summary>
    /// Whether something that was seen then can't be told any more now: a section that decides it, or that its evidence
    /// came from, has become unknown since. What was unknown then already was not needed.
    /// </summary>
    /// <param name="report">The reading of now.</param>
    /// <param name="code">The code of a diagnosis or cause.</param>
    /// <param name="evidence">What spoke for it.</param>
    public bool CannotTell(DiagnosticReport report, string code, IReadOnlyList<EvidenceLine> evidence) =>
        report.Unknowns.Any(now =>
            !unknowns.Any(then => then.Section == now.Section)
            && (now.WouldDecide.Contains(code, StringComparer.Ordinal) || evidence.Any(e => IsOf(e.Metric, now.Section))));

    private static bool IsOf(string metric, string section) =>
        metric.StartsWith(section, StringComparison.Ordinal) && (metric.Length == section.Length || metric[section.Length] is '.' or '[');
}
