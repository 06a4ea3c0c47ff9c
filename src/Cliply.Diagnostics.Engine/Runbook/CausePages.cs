namespace Cliply.Diagnostics.Runbook;

/// <summary>The page of each cause, in the order in which the diagnoses first name them.</summary>
internal static class CausePages
{
    private static readonly List<string> Named = [.. DiagnosisEntries.All.SelectMany(e => e.Causes).Select(c => c.Code)];

    public static IReadOnlyList<CausePage> All { get; } = [.. DiagnosisEntries.All.SelectMany(e => e.CausePages).OrderBy(p => Named.IndexOf(p.Code))];

    public static CausePage? Find(string code) => All.FirstOrDefault(p => p.Code == code);
}
