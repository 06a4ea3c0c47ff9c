namespace Cliply.Diagnostics.Reports;

/// <summary>One measured value held against what was expected.</summary>
/// <param name="Metric">The path of the value in the snapshot, such as <c>queue.runnable</c>.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Expected">What a healthy fleet shows.</param>
/// <param name="Source">Where it was measured.</param>
/// <param name="At">When it was measured, or when the event that it tells of happened.</param>
public sealed record EvidenceLine(string Metric, string Value, string Expected, string Source, DateTimeOffset At);
