namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>What the page showed.</summary>
/// <param name="Title">The problem's title while it was there.</param>
/// <param name="Parts">The headings of its page.</param>
/// <param name="EvidenceLines">How many lines of evidence it had.</param>
/// <param name="VerdictAfter">The verdict after it had cleared.</param>
/// <param name="Moments">What is said to have come and gone.</param>
/// <param name="Connection">The state of the connection at the end.</param>
public sealed record ScenarioRun(string? Title, IReadOnlyList<string> Parts, int EvidenceLines, string? VerdictAfter, IReadOnlyList<string> Moments, string? Connection);
