namespace Cliply.Diagnostics.Runbook;

/// <summary>A limit that a rule compares with, written as the configuration takes it: <c>00:05:00</c>, <c>100</c>.</summary>
/// <param name="Name">The property of <see cref="Classification.DiagnosisThresholds"/>.</param>
/// <param name="Value">The limit in force.</param>
/// <param name="Default">Its default.</param>
public sealed record ThresholdInForce(string Name, string Value, string Default);
