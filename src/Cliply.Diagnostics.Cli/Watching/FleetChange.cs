using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Watching;

/// <summary>One line of the log of changes.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="Severity">Of what appeared; null where something cleared or only the status changed.</param>
/// <param name="Text">For people.</param>
internal sealed record FleetChange(DateTimeOffset At, Severity? Severity, string Text);
