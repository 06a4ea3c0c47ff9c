namespace Cliply.Diagnostics.Runbook;

/// <summary>A diagnosis that explains another one, or is explained by it.</summary>
/// <param name="Code">The other diagnosis's code.</param>
/// <param name="Title">Its title.</param>
/// <param name="When">When it does; null: whenever both are found and neither is only an info.</param>
public sealed record DiagnosisLink(string Code, string Title, string? When);
