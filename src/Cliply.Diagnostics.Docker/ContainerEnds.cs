namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Remembers how containers ended: an engine shows the exit code only until the container runs again, and after that only
/// when it was. Not safe for concurrent use.
/// </summary>
internal sealed class ContainerEnds
{
    private readonly Dictionary<string, ContainerEnd> _ends = new(StringComparer.Ordinal);

    /// <summary>Takes a container in, and tells how the run before the present one ended; null where nobody saw it.</summary>
    public ContainerEnd? Observe(WorkerContainer container)
    {
        if (container.FinishedAt is not { } finishedAt)
        {
            return null;
        }

        if (!container.IsRunning && container.State != "paused" && container.Inspected?.State is { } state)
        {
            _ends[container.Id] = new ContainerEnd(finishedAt, state.ExitCode is >= int.MinValue and <= int.MaxValue ? (int)state.ExitCode : null, state.OOMKilled);
        }

        return _ends.TryGetValue(container.Id, out var end) && end.At == finishedAt ? end : null;
    }

    /// <summary>Forgets containers that are gone.</summary>
    public void Keep(IReadOnlySet<string> present)
    {
        foreach (var gone in _ends.Keys.Where(id => !present.Contains(id)).ToList())
        {
            _ends.Remove(gone);
        }
    }
}
