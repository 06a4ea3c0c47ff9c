using Cliply.Diagnostics.Evidence;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>What a container's state means in the words of the contract. Why: docs/decisions/009-docker-desired-replicas.md.</summary>
internal static class ContainerStates
{
    private const int Terminated = 143;

    /// <summary>The instance that a container is.</summary>
    /// <param name="container">The container.</param>
    /// <param name="end">How its last run ended, where that is known.</param>
    public static InstanceEvidence Instance(WorkerContainer container, ContainerEnd? end)
    {
        var state = container.Inspected?.State;
        var instance = new InstanceEvidence
        {
            Id = container.Name,
            State = InstanceState.Terminated,
            Restarts = container.Inspected?.RestartCount,
            StartedAt = container.StartedAt ?? container.CreatedAt,
            LastTerminatedAt = container.FinishedAt,
        };
        var before = instance with { LastExitCode = end?.ExitCode, LastTerminationReason = end?.Reason };
        return container.State switch
        {
            "running" or "stopping" => before with { State = InstanceState.Running },
            "paused" => before with { State = InstanceState.Waiting, Reason = "Paused" },
            "restarting" => before with { State = InstanceState.Waiting, Reason = IsLooping(container) ? "CrashLoopBackOff" : null },
            "created" or "configured" or "initialized" => before with
            {
                State = InstanceState.Waiting,
                Reason = string.IsNullOrEmpty(state?.Error) && state?.ExitCode is null or 0 ? "ContainerCreating" : "StartError",
                StartedAt = container.CreatedAt,
            },
            "dead" or "removing" => instance with { Reason = container.State == "dead" ? "Dead" : "Removing", ExitCode = end?.ExitCode },
            _ => instance with { Reason = end?.Reason, ExitCode = end?.ExitCode },
        };
    }

    /// <summary>How many of this container are wanted: 1 or 0; null: nobody can tell.</summary>
    /// <param name="container">The container.</param>
    /// <param name="end">How its last run ended, where that is known.</param>
    /// <param name="failedSince">A failure later than this still shows that the container was wanted.</param>
    public static int? Desired(WorkerContainer container, ContainerEnd? end, DateTimeOffset failedSince)
    {
        switch (container.State)
        {
            case "running" or "stopping" or "paused" or "restarting" or "created" or "configured" or "initialized":
                return 1;
            case "dead" or "removing":
                return 0;
        }

        if (container.Inspected is not { } inspected || end is null)
        {
            return null;
        }

        var policy = inspected.HostConfig?.RestartPolicy;
        var retriesLeft = policy?.MaximumRetryCount is null or 0 || inspected.RestartCount < policy.MaximumRetryCount;
        var endedWell = EndedWell(container, end);
        return policy?.Name switch
        {
            // Podman's word for the moment between the end and what its restart policy makes of it.
            RestartPolicyKind.Always or RestartPolicyKind.UnlessStopped when container.State == "stopped" => 1,
            RestartPolicyKind.OnFailure when container.State == "stopped" && !endedWell => 1,

            // The engine itself would have started it again: only somebody who stopped it can have ended that.
            RestartPolicyKind.Always or RestartPolicyKind.UnlessStopped => 0,
            RestartPolicyKind.OnFailure when retriesLeft || endedWell => 0,
            RestartPolicyKind.OnFailure => 1,
            _ when endedWell => 0,
            _ => end.At > failedSince ? 1 : null,
        };
    }

    /// <summary>Whether a container ended as one does that is told to, or that has nothing left to do.</summary>
    public static bool EndedWell(WorkerContainer container, ContainerEnd end) =>
        !end.IsOutOfMemory && (end.ExitCode is 0 or Terminated || end.ExitCode == StopCode(container.Inspected?.Config?.StopSignal));

    /// <summary>Whether it does what is wanted of it.</summary>
    public static bool IsReady(WorkerContainer container) =>
        container.State == "running" && container.Inspected?.State?.Health?.Status is null or "" or "none" or "healthy";

    /// <summary>Back-off after a crash; after a clean end only where it goes on and on.</summary>
    private static bool IsLooping(WorkerContainer container) =>
        container.Inspected is { State: { } state } inspected && (state.ExitCode is not (0 or Terminated) || state.OOMKilled || inspected.RestartCount > 1);

    /// <summary>The exit code of a process that ends by the signal that its image asks to be stopped with.</summary>
    private static int? StopCode(string? signal) => signal?.ToUpperInvariant() switch
    {
        "SIGINT" or "INT" or "2" => 130,
        "SIGQUIT" or "QUIT" or "3" => 131,
        _ => null,
    };
}
