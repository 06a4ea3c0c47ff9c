using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Docker;

/// <summary>The workers' containers, and questions about each.</summary>
internal static class WorkerContainers
{
    /// <summary>Lists them, those that run first.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="filter">Which they are.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Signals the deadline.</param>
    public static async Task<Section<IReadOnlyList<WorkerContainer>>> ListAsync(DockerEngine engine, ContainerFilter filter, int most, CancellationToken cancellationToken)
    {
        var listed = await engine.ListAsync(filter, cancellationToken).ConfigureAwait(false);
        return listed.Count >= DockerEngine.MostListed
            ? Section.UnavailableList<WorkerContainer>(new SectionFailure("error", $"there are {DockerEngine.MostListed} containers or more; narrow {DockerOptions.SectionName}:Labels or NamePattern"))
            : Section.List<WorkerContainer>([.. listed
                .Select(WorkerContainer.Of)
                .DistinctBy(c => c.Id, StringComparer.Ordinal)
                .Where(c => filter.Matches(c.Name, c.Labels))
                .OrderByDescending(c => c.IsRunning)
                .ThenByDescending(c => c.CreatedAt)
                .Take(most)]);
    }

    /// <summary>Asks for each container, some at once; one that fails takes nothing from the others.</summary>
    public static async Task<List<ContainerAnswer<T>>> EachAsync<T>(
        DockerEngine engine, IReadOnlyList<WorkerContainer> containers, int atOnce, Func<WorkerContainer, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        using var gate = new SemaphoreSlim(atOnce);
        return [.. await Task.WhenAll(containers.Select(OneAsync)).ConfigureAwait(false)];

        async Task<ContainerAnswer<T>> OneAsync(WorkerContainer container)
        {
            try
            {
                await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    return new(container, await ask(container, cancellationToken).ConfigureAwait(false), null);
                }
                finally
                {
                    gate.Release();
                }
            }
            catch (Exception exception) when (DockerFailures.IsGone(exception))
            {
                return new(container, null, null);
            }
            catch (Exception exception) when (engine.FailureOf(exception) is { } failure)
            {
                return new(container, null, failure);
            }
        }
    }
}
