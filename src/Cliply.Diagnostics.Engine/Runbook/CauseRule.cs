namespace Cliply.Diagnostics.Runbook;

/// <summary>
/// When a cause is found for a diagnosis. Where nothing speaks for it and nothing rules it out, a report lists it as possible.
/// </summary>
/// <param name="Diagnosis">The diagnosis's code.</param>
/// <param name="Cause">The cause's code.</param>
/// <param name="Title">How reports title the cause there.</param>
/// <param name="ConfirmedWhen">What confirms it, with the limits in force; null: nothing that can be measured does.</param>
/// <param name="LikelyWhen">What only makes it likely; null: nothing does.</param>
public sealed record CauseRule(string Diagnosis, string Cause, string Title, string? ConfirmedWhen, string? LikelyWhen);
