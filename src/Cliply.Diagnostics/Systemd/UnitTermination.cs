namespace Cliply.Diagnostics.Systemd;

/// <summary>How one run of a unit ended.</summary>
/// <param name="Reason">systemd's result, such as exit-code; OOMKilled for oom-kill.</param>
/// <param name="ExitCode">As a shell counts it; null: not known.</param>
/// <param name="At">When.</param>
internal sealed record UnitTermination(string? Reason, int? ExitCode, DateTimeOffset? At);
