namespace Cliply.Diagnostics.Reports;

/// <summary>A reason why a diagnosis holds.</summary>
/// <param name="Code">Lower-case words joined by hyphens, such as <c>scaled-to-zero</c>.</param>
/// <param name="Title">The cause in a few words.</param>
/// <param name="Confidence">How sure it is.</param>
/// <param name="Evidence">What speaks for it; empty for a cause that is only possible.</param>
public sealed record Cause(string Code, string Title, Confidence Confidence, IReadOnlyList<EvidenceLine> Evidence);
