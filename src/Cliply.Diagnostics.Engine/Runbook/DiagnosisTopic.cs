using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Runbook;

/// <summary>What a built-in diagnosis is called and means.</summary>
/// <param name="Code">Its code, such as <c>no-workers-running</c>.</param>
/// <param name="Scenario">The runbook's number; null for conditions that have none.</param>
/// <param name="Title">The condition in a few words, as reports title its worst form.</param>
/// <param name="Severities">How bad it can be, the worst first.</param>
/// <param name="Meaning">What it means, in plain words.</param>
public sealed record DiagnosisTopic(string Code, int? Scenario, string Title, IReadOnlyList<Severity> Severities, string Meaning);
