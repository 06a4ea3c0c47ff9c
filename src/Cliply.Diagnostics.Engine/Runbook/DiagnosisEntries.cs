using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook;

/// <summary>The entry of each built-in scenario, in their order.</summary>
internal static class DiagnosisEntries
{
    public static IReadOnlyList<DiagnosisEntry> All { get; } = [.. BuiltInScenarios.Registrations.Select(s => s.CreateEntry())];

    public static DiagnosisEntry? Find(string code) => All.FirstOrDefault(e => e.Topic.Code == code);
}
