using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Escalations;

/// <summary>Something that could not be collected.</summary>
/// <param name="What">What it is, such as <c>log of worker-1</c> or a file's name.</param>
/// <param name="Reason">Why; its message is safe to publish.</param>
internal sealed record MissingDetail(string What, SectionFailure Reason);
