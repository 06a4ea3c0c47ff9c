using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Containers as the engine shows them.</summary>
internal static class Containers
{
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static WorkerContainer Create(
        string state,
        string id = "a",
        string? name = null,
        long exitCode = 0,
        bool oomKilled = false,
        RestartPolicyKind policy = RestartPolicyKind.No,
        long retries = 0,
        long restarts = 0,
        TimeSpan? created = null,
        TimeSpan? started = null,
        TimeSpan? finished = null,
        string? error = null,
        string? stopSignal = null,
        string? health = null,
        Dictionary<string, string>? labels = null) => new()
        {
            Id = id,
            Name = name ?? $"worker-{id}",
            Labels = labels ?? [],
            ListedState = state,
            CreatedAt = Now - (created ?? TimeSpan.FromHours(2)),
            Inspected = new ContainerInspectResponse
            {
                RestartCount = restarts,
                State = new State
                {
                    Status = state,
                    ExitCode = exitCode,
                    OOMKilled = oomKilled,
                    Error = error ?? "",
                    StartedAt = Text(started),
                    FinishedAt = Text(finished),
                    Health = health is null ? null : new Health { Status = health },
                },
                HostConfig = new HostConfig { RestartPolicy = new RestartPolicy { Name = policy, MaximumRetryCount = retries } },
                Config = new ContainerConfig { StopSignal = stopSignal },
            },
        };

    private static string Text(TimeSpan? ago) => ago is { } time ? (Now - time).ToString("O") : "0001-01-01T00:00:00Z";
}
