namespace Cliply.Diagnostics.Runbook;

/// <summary>What a built-in cause is called and means.</summary>
/// <param name="Code">Its code, such as <c>scaled-to-zero</c>.</param>
/// <param name="Title">The cause in a few words. Reports name the program or function where this says which ones it can be.</param>
/// <param name="Meaning">What it means, in plain words.</param>
/// <param name="Diagnoses">Codes of the diagnoses that it can be a cause of.</param>
public sealed record CauseTopic(string Code, string Title, string Meaning, IReadOnlyList<string> Diagnoses);
