using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Makes deployments of containers: the services of Compose and Swarm, and each other container by itself. Keeps what
/// earlier readings have shown. Not safe for concurrent use.
/// </summary>
internal sealed class ContainerGroups(TimeSpan evidenceWindow)
{
    private const string SwarmService = "com.docker.swarm.service.name";
    private const string SwarmTask = "com.docker.swarm.task.name";
    private static readonly string[] ProjectLabels = ["com.docker.compose.project", "io.podman.compose.project"];
    private static readonly string[] ServiceLabels = ["com.docker.compose.service", "io.podman.compose.service"];

    private readonly RecentRestarts _restarts = new();
    private readonly ContainerEnds _ends = new();

    /// <summary>Takes a reading in.</summary>
    /// <param name="containers">All of the workers' containers.</param>
    /// <param name="now">The time of the reading.</param>
    public ContainerReading Read(IReadOnlyList<WorkerContainer> containers, DateTimeOffset now)
    {
        var present = containers.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        _restarts.Keep(present);
        _ends.Keep(present);
        var ends = containers.ToDictionary(c => c.Id, _ends.Observe, StringComparer.Ordinal);

        var groups = containers.GroupBy(KeyOf).ToList();
        var ambiguous = groups.CountBy(g => g.Key.Name).Where(n => n.Value > 1).Select(n => n.Key).ToHashSet(StringComparer.Ordinal);
        var deployments = groups
            .Select(g => Deployment(ambiguous.Contains(g.Key.Name) && g.Key.Project.Length > 0 ? $"{g.Key.Project}/{g.Key.Name}" : g.Key.Name, [.. g], ends, now))
            .OrderBy(d => d.Name, StringComparer.Ordinal)
            .ToList();
        return new ContainerReading(deployments, LogOrder(containers, ends, now));
    }

    private DeploymentEvidence Deployment(string name, List<WorkerContainer> containers, Dictionary<string, ContainerEnd?> ends, DateTimeOffset now)
    {
        var slots = containers.GroupBy(SlotOf, StringComparer.Ordinal).Select(slot => slot.OrderByDescending(c => c.CreatedAt).ToList()).ToList();
        int? desired = 0;
        long? restarts = null;
        var instances = new List<InstanceEvidence>(slots.Count);
        foreach (var slot in slots)
        {
            var newest = slot[0];
            var instance = ContainerStates.Instance(newest, ends[newest.Id]);
            if (instance.LastTerminatedAt is null && slot.Count > 1 && ends[slot[1].Id] is { } before)
            {
                instance = instance with { LastTerminatedAt = before.At, LastExitCode = before.ExitCode, LastTerminationReason = before.Reason };
            }

            instances.Add(instance);
            desired += ContainerStates.Desired(newest, ends[newest.Id], now - evidenceWindow);
            if (newest.Inspected is { } inspected)
            {
                restarts = (restarts ?? 0) + _restarts.Observe(newest.Id, inspected.RestartCount, newest.CreatedAt, newest.StartedAt, now) + Replaced(slot, now);
            }
        }

        return new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Docker,
            Name = name,
            DesiredReplicas = desired,
            ReadyReplicas = containers.All(c => c.Inspected is not null) ? slots.Count(s => ContainerStates.IsReady(s[0])) : null,
            RestartsLast5Minutes = restarts,
            Instances = instances,
        };
    }

    /// <summary>Swarm never restarts a container: it puts a new one in its place.</summary>
    private static int Replaced(List<WorkerContainer> slot, DateTimeOffset now)
    {
        var young = slot.Count(c => c.CreatedAt > now - RecentRestarts.Window);
        return Math.Max(0, young < slot.Count ? young : young - 1);
    }

    /// <summary>
    /// What runs comes after what has failed. Logs of runs that are over count only while they are recent, or where nothing
    /// runs: beside running workers an old one would look like the log of a hung process.
    /// </summary>
    private List<WorkerContainer> LogOrder(IReadOnlyList<WorkerContainer> containers, Dictionary<string, ContainerEnd?> ends, DateTimeOffset now)
    {
        var anyRuns = containers.Any(c => c.IsRunning);
        return [.. containers
            .Select(c => (Container: c, Rank: Rank(c)))
            .Where(c => c.Rank is not null)
            .OrderBy(c => c.Rank)
            .ThenByDescending(c => c.Container.FinishedAt ?? c.Container.CreatedAt)
            .Select(c => c.Container)];

        int? Rank(WorkerContainer container)
        {
            if (container.State is "created" or "configured" or "initialized")
            {
                return null;
            }

            if (container.IsRunning || container.State == "paused")
            {
                return container.Inspected?.RestartCount > 0 && container.FinishedAt > now - evidenceWindow ? 0 : 1;
            }

            var failed = container.State == "restarting" || (ends[container.Id] is { } end && !ContainerStates.EndedWell(container, end));
            return failed && !(container.FinishedAt <= now - evidenceWindow) ? 0 : anyRuns ? null : failed ? 2 : 3;
        }
    }

    private static (string Project, string Name) KeyOf(WorkerContainer container)
    {
        if (Label(container, ServiceLabels) is { } service)
        {
            return (Label(container, ProjectLabels) ?? "", service);
        }

        return Label(container, SwarmService) is { } swarm ? ("swarm", swarm) : ("", container.Name);
    }

    /// <summary>The tasks of a swarm service that stand for one replica: <c>service.slot.id</c>.</summary>
    private static string SlotOf(WorkerContainer container) =>
        Label(container, SwarmTask) is { } task && task.LastIndexOf('.') is > 0 and var end ? task[..end] : container.Id;

    private static string? Label(WorkerContainer container, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (container.Labels.TryGetValue(name, out var value) && !string.IsNullOrEmpty(value))
            {
                return TextSanitizer.WithoutControlCharacters(value, ContainerFilter.MostCharacters);
            }
        }

        return null;
    }
}
