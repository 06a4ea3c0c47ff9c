using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Json;

/// <summary>The JSON of a section that was tried and failed.</summary>
internal sealed class UnavailableSection
{
    public SectionFailure? Unavailable { get; init; }
}
