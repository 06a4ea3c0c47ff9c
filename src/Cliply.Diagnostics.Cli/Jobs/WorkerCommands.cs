using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>
/// The runbook's commands for the worker that holds a job. A worker's id starts with its host's name, which is the container's
/// id in Docker and the pod's name in Kubernetes.
/// </summary>
internal static class WorkerCommands
{
    private static readonly FleetFacts Unknown = new(new DiagnosticSnapshot { SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion, CapturedAt = default }, new DiagnosisThresholds());

    /// <summary>Runbook 1.2.</summary>
    public static IReadOnlyList<RunbookCommand> Logs(string? worker) => HostOf(worker) is not { } host ? Commands.Logs(Unknown) :
    [
        Commands.Look(CommandPlatform.Docker, $"docker logs --tail 100 {host}"),
        Commands.Look(CommandPlatform.Kubernetes, $"kubectl logs {host} --tail=100"),
        Commands.Look(CommandPlatform.Systemd, "journalctl -u cliply-worker -n 100 --no-pager"),
    ];

    /// <summary>Runbook 3.1.</summary>
    public static IReadOnlyList<RunbookCommand> Resources(string? worker) => HostOf(worker) is not { } host ? Commands.Resources(Unknown) :
    [
        Commands.Look(CommandPlatform.Docker, $"docker stats --no-stream {host}"),
        Commands.Look(CommandPlatform.Kubernetes, $"kubectl top pod {host}"),
        Commands.Look(CommandPlatform.Systemd, "systemctl show cliply-worker -p MemoryCurrent,MemoryMax,CPUUsageNSec"),
    ];

    /// <summary>Runbook 3.3.</summary>
    public static IReadOnlyList<RunbookCommand> Restart(string? worker) => HostOf(worker) is not { } host ? Commands.Restart(Unknown) :
    [
        Commands.Change(CommandPlatform.Docker, $"docker restart {host}"),
        Commands.Change(CommandPlatform.Kubernetes, $"kubectl delete pod {host}"),
        Commands.Change(CommandPlatform.Systemd, "systemctl restart cliply-worker"),
    ];

    /// <summary>Runbook 4.3.</summary>
    public static IReadOnlyList<RunbookCommand> RaiseMemory { get; } = Commands.RaiseMemory(Unknown);

    /// <summary>Runbook 5.1.</summary>
    public static IReadOnlyList<RunbookCommand> BinaryVersion(string name, string versionFlag) => Commands.BinaryVersion(Unknown, name, versionFlag);

    /// <summary>The host of an id like <c>host:123:1700000000000</c>, as a word of a shell; null of other ids.</summary>
    private static string? HostOf(string? worker) =>
        worker?.Split(':') is [{ Length: > 0 } host, { Length: > 0 } pid, { Length: > 0 } start] && pid.All(char.IsAsciiDigit) && start.All(char.IsAsciiDigit)
            ? Commands.Word(host)
            : null;
}
