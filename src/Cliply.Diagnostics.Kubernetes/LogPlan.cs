using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>One log to read.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Container">Its container.</param>
/// <param name="IsPrevious">Whether it is that of the run before the present one.</param>
/// <param name="HasEnded">Whether the run is over, so that nothing more is to be expected of it.</param>
/// <param name="Source">How the evidence names it.</param>
internal sealed record LogRequest(string Pod, string Container, bool IsPrevious, bool HasEnded, string Source);

/// <summary>Chooses the logs that can tell something, of those workers first that did not end well.</summary>
internal static class LogPlan
{
    /// <summary>Chooses.</summary>
    /// <param name="pods">All pods.</param>
    /// <param name="workers">Of how many.</param>
    /// <param name="window">Runs that ended longer ago tell nothing.</param>
    /// <param name="now">The time by the API server's clock.</param>
    public static IReadOnlyList<LogRequest> Of(IReadOnlyList<WorkerPod> pods, int workers, TimeSpan window, DateTimeOffset now) =>
    [
        .. pods
            .Select(pod => (Pod: pod, Logs: LogsOf(pod, window, now).ToList()))
            .Where(p => p.Logs.Count > 0)
            .OrderBy(p => Rank(p.Pod.Instance, window, now))
            .ThenByDescending(p => p.Pod.Instance.LastTerminatedAt ?? DateTimeOffset.MinValue)
            .ThenBy(p => p.Pod.Name, StringComparer.Ordinal)
            .Take(workers)
            .SelectMany(p => p.Logs),
    ];

    private static IEnumerable<LogRequest> LogsOf(WorkerPod pod, TimeSpan window, DateTimeOffset now)
    {
        if (pod.Container is not { } container)
        {
            yield break;
        }

        var source = $"kubernetes:{pod.Name}";
        var endedRecently = HasEndedRecently(pod.Instance, window, now);
        switch (pod.Instance.State)
        {
            case InstanceState.Running:
                yield return new LogRequest(pod.Name, container, IsPrevious: false, HasEnded: false, source);
                if (pod.HasPreviousRun && endedRecently)
                {
                    yield return new LogRequest(pod.Name, container, IsPrevious: true, HasEnded: true, $"{source} (previous)");
                }

                break;
            case InstanceState.Waiting when pod.HasPreviousRun && endedRecently:
                yield return new LogRequest(pod.Name, container, IsPrevious: true, HasEnded: true, source);
                break;
            case InstanceState.Terminated when endedRecently:
                yield return new LogRequest(pod.Name, container, IsPrevious: false, HasEnded: true, source);
                break;
        }
    }

    private static int Rank(InstanceEvidence instance, TimeSpan window, DateTimeOffset now)
    {
        var exitCode = instance.State == InstanceState.Terminated ? instance.ExitCode : instance.LastExitCode;
        var endedBadly = exitCode is not (0 or 143) && HasEndedRecently(instance, window, now);
        return (instance.State, endedBadly) switch
        {
            (not InstanceState.Running, true) => 0,
            (InstanceState.Running, true) => 1,
            (InstanceState.Running, false) => 2,
            _ => 3,
        };
    }

    private static bool HasEndedRecently(InstanceEvidence instance, TimeSpan window, DateTimeOffset now) =>
        instance.LastTerminatedAt is { } at && now - at <= window;
}
