namespace Cliply.Diagnostics.Reports;

/// <summary>Something to do.</summary>
/// <param name="Horizon">How long it takes.</param>
/// <param name="Action">What to do, in a sentence.</param>
/// <param name="Commands">Commands that do it.</param>
public sealed record RemediationStep(RemediationHorizon Horizon, string Action, IReadOnlyList<RunbookCommand> Commands);
