namespace Cliply.Diagnostics.Reports;

/// <summary>Something that was not measured.</summary>
/// <param name="Section">The snapshot's section by its JSON name, or <c>scenario:code</c> of a host's scenario that failed.</param>
/// <param name="Reason">Why it is unknown.</param>
/// <param name="WouldDecide">Codes of the diagnoses and causes that it would decide.</param>
public sealed record UnknownEvidence(string Section, string Reason, IReadOnlyList<string> WouldDecide);
