using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Docker;

/// <summary>What was answered about one container.</summary>
/// <param name="Container">The container.</param>
/// <param name="Value">The answer; null where there is none.</param>
/// <param name="Failure">Why there is none; null also where the container is gone.</param>
internal sealed record ContainerAnswer<T>(WorkerContainer Container, T? Value, SectionFailure? Failure)
    where T : class
{
    public bool IsGone => Value is null && Failure is null;
}
