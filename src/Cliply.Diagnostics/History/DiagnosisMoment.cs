using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.History;

/// <summary>When a diagnosis came or went.</summary>
/// <param name="At">The snapshot's time.</param>
/// <param name="Code">The diagnosis.</param>
/// <param name="Title">The diagnosis in a few words.</param>
/// <param name="Severity">How bad it is, or was.</param>
/// <param name="Appeared">Whether it came; false: it went.</param>
internal sealed record DiagnosisMoment(DateTimeOffset At, string Code, string Title, Severity Severity, bool Appeared);
