using System.Buffers;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>
/// The runbook's commands for Docker, Kubernetes and systemd. Names come from the evidence where it has them, otherwise
/// they are the runbook's: <c>worker</c>, <c>app=worker</c>, <c>cliply-worker</c>.
/// </summary>
internal static class Commands
{
    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:@=-");

    private static readonly SearchValues<char> IdentifierCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    public static readonly IReadOnlyList<RunbookCommand> None = [];

    public static readonly IReadOnlyList<RunbookCommand> Diagnose =
        [Look(CommandPlatform.Any, "cliply diagnose --database-url \"$DATABASE_URL\"")];

    public static readonly IReadOnlyList<RunbookCommand> TestDatabase =
        [Look(CommandPlatform.Any, "psql \"$DATABASE_URL\" -c 'SELECT 1;'")];

    public static readonly IReadOnlyList<RunbookCommand> OldestQueuedJobs =
        [Look(CommandPlatform.Any, "psql \"$DATABASE_URL\" -c \"SELECT id, kind, state, run_at, created_at FROM jobs WHERE state = 'queued' ORDER BY run_at ASC LIMIT 10;\"")];

    public static readonly IReadOnlyList<RunbookCommand> RecentFailures =
        [Look(CommandPlatform.Any, "psql \"$DATABASE_URL\" -c \"SELECT kind, left(last_error, 80) AS error, count(*) FROM jobs WHERE state IN ('failed', 'dead_letter') GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 10;\"")];

    public static readonly IReadOnlyList<RunbookCommand> RunningJobs =
        [Look(CommandPlatform.Any, "psql \"$DATABASE_URL\" -c \"SELECT id, kind, locked_by, heartbeat_at FROM jobs WHERE state = 'running' ORDER BY heartbeat_at ASC LIMIT 10;\"")];

    public static readonly IReadOnlyList<RunbookCommand> WorkerFunctions =
        [Look(CommandPlatform.Any, "psql \"$DATABASE_URL\" -c \"SELECT proname, pg_get_function_arguments(oid) FROM pg_proc WHERE proname LIKE 'worker\\_%';\"")];

    public static readonly IReadOnlyList<RunbookCommand> HostClock =
    [
        Look(CommandPlatform.Any, "date -u; psql \"$DATABASE_URL\" -Atc 'SELECT now();'"),
        Look(CommandPlatform.Systemd, "timedatectl status"),
    ];

    /// <summary>Runbook 1.1.</summary>
    public static IReadOnlyList<RunbookCommand> Status(FleetFacts facts) =>
    [
        Look(CommandPlatform.Docker, $"docker ps --all --filter name={Name(facts, DeploymentPlatform.Docker)}"),
        Look(CommandPlatform.Kubernetes, "kubectl get pods -l app=worker -o wide"),
        Look(CommandPlatform.Kubernetes, $"kubectl get deployment {Name(facts, DeploymentPlatform.Kubernetes)}"),
        Look(CommandPlatform.Systemd, $"systemctl status {Name(facts, DeploymentPlatform.Systemd)}"),
    ];

    /// <summary>Runbook 1.2: logs of the workers that run, or of the instance that the evidence points at.</summary>
    public static IReadOnlyList<RunbookCommand> Logs(FleetFacts facts, Func<FleetFacts, InstanceEvidence, bool>? which = null) =>
    [
        Look(CommandPlatform.Docker, $"docker logs --tail 100 {Instance(facts, DeploymentPlatform.Docker, which) ?? $"\"$({Containers(facts)} | head -1)\""}"),
        Look(CommandPlatform.Kubernetes, Instance(facts, DeploymentPlatform.Kubernetes, which) is { } pod ? $"kubectl logs {pod} --tail=100" : "kubectl logs -l app=worker --tail=100"),
        Look(CommandPlatform.Systemd, $"journalctl -u {Name(facts, DeploymentPlatform.Systemd)} -n 100 --no-pager"),
    ];

    /// <summary>Runbook 4.1: logs of the run that crashed.</summary>
    public static IReadOnlyList<RunbookCommand> CrashLogs(FleetFacts facts, Func<FleetFacts, InstanceEvidence, bool> which) =>
    [
        Look(CommandPlatform.Docker, $"docker logs --tail 200 {Instance(facts, DeploymentPlatform.Docker, which) ?? "\"$(docker ps -aq -f name=worker | head -1)\""} 2>&1 | grep -iE 'error|exception|fatal'"),
        Look(CommandPlatform.Kubernetes, Instance(facts, DeploymentPlatform.Kubernetes, which) is { } pod ? $"kubectl logs {pod} --previous --tail=200" : "kubectl logs -l app=worker --previous --tail=200"),
        Look(CommandPlatform.Systemd, $"journalctl -u {Name(facts, DeploymentPlatform.Systemd)} -p warning -n 200 --no-pager"),
    ];

    /// <summary>Why an instance does not start or has ended.</summary>
    public static IReadOnlyList<RunbookCommand> Describe(FleetFacts facts, Func<FleetFacts, InstanceEvidence, bool> which) =>
    [
        Look(CommandPlatform.Docker, $"docker inspect --format '{{{{json .State}}}}' {Instance(facts, DeploymentPlatform.Docker, which) ?? "\"$(docker ps -aq -f name=worker | head -1)\""}"),
        Look(CommandPlatform.Kubernetes, Instance(facts, DeploymentPlatform.Kubernetes, which) is { } pod ? $"kubectl describe pod {pod}" : "kubectl describe pods -l app=worker"),
        Look(CommandPlatform.Systemd, $"systemctl show {Name(facts, DeploymentPlatform.Systemd)} -p ActiveState,SubState,Result,ExecMainStatus,NRestarts"),
    ];

    /// <summary>Runbook 3.1.</summary>
    public static IReadOnlyList<RunbookCommand> Resources(FleetFacts facts) =>
    [
        Look(CommandPlatform.Docker, "docker stats --no-stream $(docker ps -q -f name=worker)"),
        Look(CommandPlatform.Kubernetes, "kubectl top pod -l app=worker"),
        Look(CommandPlatform.Systemd, $"systemctl show {Name(facts, DeploymentPlatform.Systemd)} -p MemoryCurrent,MemoryMax,CPUUsageNSec"),
    ];

    /// <summary>Runbook 1.3: names of the variables that a worker has, without their values.</summary>
    public static IReadOnlyList<RunbookCommand> EnvironmentNames(FleetFacts facts) =>
    [
        Look(CommandPlatform.Docker, "docker exec \"$(docker ps -q -f name=worker | head -1)\" sh -c 'env | cut -d= -f1 | sort'"),
        Look(CommandPlatform.Kubernetes, $"kubectl exec deployment/{Name(facts, DeploymentPlatform.Kubernetes)} -- sh -c 'env | cut -d= -f1 | sort'"),
        Look(CommandPlatform.Systemd, $"systemctl show {Name(facts, DeploymentPlatform.Systemd)} -p EnvironmentFiles"),
    ];

    /// <summary>Runbook 5.1.</summary>
    public static IReadOnlyList<RunbookCommand> BinaryVersion(FleetFacts facts, string name, string versionFlag) =>
    [
        Look(CommandPlatform.Docker, $"docker exec \"$(docker ps -q -f name=worker | head -1)\" sh -c 'command -v {name} && {name} {versionFlag}'"),
        Look(CommandPlatform.Kubernetes, $"kubectl exec deployment/{Name(facts, DeploymentPlatform.Kubernetes)} -- sh -c 'command -v {name} && {name} {versionFlag}'"),
        Look(CommandPlatform.Systemd, $"command -v {name} && {name} {versionFlag}"),
    ];

    /// <summary>Runbook 3.3 and "Quick Fixes".</summary>
    public static IReadOnlyList<RunbookCommand> Restart(FleetFacts facts) =>
    [
        Change(CommandPlatform.Docker, $"docker restart $({Containers(facts)})"),
        Change(CommandPlatform.Kubernetes, $"kubectl rollout restart deployment {Name(facts, DeploymentPlatform.Kubernetes)}"),
        Change(CommandPlatform.Systemd, $"systemctl restart {Name(facts, DeploymentPlatform.Systemd)}"),
    ];

    /// <summary>Runbook 3.3: only the instance that is stuck, where the evidence names it.</summary>
    public static IReadOnlyList<RunbookCommand> RestartInstance(FleetFacts facts, Func<FleetFacts, InstanceEvidence, bool> which) =>
    [
        Change(CommandPlatform.Docker, $"docker restart {Instance(facts, DeploymentPlatform.Docker, which) ?? "$(docker ps -q -f name=worker)"}"),
        Change(CommandPlatform.Kubernetes, Instance(facts, DeploymentPlatform.Kubernetes, which) is { } pod ? $"kubectl delete pod {pod}" : "kubectl delete pod -l app=worker"),
        Change(CommandPlatform.Systemd, $"systemctl restart {Name(facts, DeploymentPlatform.Systemd)}"),
    ];

    /// <summary>"Quick Fixes": scale up.</summary>
    public static IReadOnlyList<RunbookCommand> Scale(FleetFacts facts, long replicas) =>
    [
        Change(CommandPlatform.Docker, $"docker compose up -d --scale {Name(facts, DeploymentPlatform.Docker)}={replicas}"),
        Change(CommandPlatform.Kubernetes, $"kubectl scale deployment {Name(facts, DeploymentPlatform.Kubernetes)} --replicas={replicas}"),
        Change(CommandPlatform.Systemd, $"systemctl start {Name(facts, DeploymentPlatform.Systemd)}"),
    ];

    /// <summary>Start workers that are not there at all.</summary>
    public static IReadOnlyList<RunbookCommand> Deploy(FleetFacts facts) =>
    [
        Change(CommandPlatform.Docker, $"docker compose up -d {Name(facts, DeploymentPlatform.Docker)}"),
        Change(CommandPlatform.Kubernetes, "kubectl apply -f worker.yaml"),
        Change(CommandPlatform.Systemd, $"systemctl enable --now {Name(facts, DeploymentPlatform.Systemd)}"),
    ];

    /// <summary>Runbook 4.3.</summary>
    public static IReadOnlyList<RunbookCommand> RaiseMemory(FleetFacts facts) =>
    [
        Change(CommandPlatform.Docker, "docker update --memory 2g --memory-swap 2g $(docker ps -q -f name=worker)"),
        Change(CommandPlatform.Kubernetes, $"kubectl set resources deployment {Name(facts, DeploymentPlatform.Kubernetes)} --limits=memory=2Gi --requests=memory=1Gi"),
        Change(CommandPlatform.Systemd, $"systemctl set-property {Name(facts, DeploymentPlatform.Systemd)} MemoryMax=2G"),
    ];

    /// <summary>Runbook 1.3: put a variable where the worker reads it; the value is the engineer's to fill in.</summary>
    public static IReadOnlyList<RunbookCommand> SetVariable(FleetFacts facts, string name)
    {
        var deployment = Name(facts, DeploymentPlatform.Kubernetes);
        var isIdentifier = name.Length > 0 && !name.AsSpan().ContainsAnyExcept(IdentifierCharacters);
        return
        [
            Change(CommandPlatform.Docker, $"${{EDITOR:-vi}} .env && docker compose up -d {Name(facts, DeploymentPlatform.Docker)}"),
            Change(CommandPlatform.Kubernetes, isIdentifier ? $"kubectl set env deployment {deployment} {name}=\"${name}\"" : $"kubectl edit deployment {deployment}"),
            Change(CommandPlatform.Systemd, $"systemctl edit {Name(facts, DeploymentPlatform.Systemd)} && systemctl restart {Name(facts, DeploymentPlatform.Systemd)}"),
        ];
    }

    /// <summary>Runbook 5.2 and 5.3.</summary>
    public static IReadOnlyList<RunbookCommand> Rebuild(FleetFacts facts) =>
    [
        Change(CommandPlatform.Docker, $"docker build -t cliply-worker:latest ./apps/worker && docker compose up -d {Name(facts, DeploymentPlatform.Docker)}"),
        Change(CommandPlatform.Kubernetes, $"docker push cliply-worker:latest && kubectl rollout restart deployment {Name(facts, DeploymentPlatform.Kubernetes)}"),
    ];

    /// <summary>Runbook: "Install missing binaries", on a host without images.</summary>
    public static IReadOnlyList<RunbookCommand> Install(FleetFacts facts, string name) =>
        [Change(CommandPlatform.Systemd, $"apt-get install -y {name} && systemctl restart {Name(facts, DeploymentPlatform.Systemd)}")];

    /// <summary>Back to the version before.</summary>
    public static IReadOnlyList<RunbookCommand> Rollback(FleetFacts facts) =>
    [
        Look(CommandPlatform.Kubernetes, $"kubectl rollout history deployment {Name(facts, DeploymentPlatform.Kubernetes)}"),
        Change(CommandPlatform.Kubernetes, $"kubectl rollout undo deployment {Name(facts, DeploymentPlatform.Kubernetes)}"),
    ];

    public static RunbookCommand Look(CommandPlatform platform, string command) => new(platform, command, CommandEffect.ReadOnly);

    public static RunbookCommand Change(CommandPlatform platform, string command) => new(platform, command, CommandEffect.Changing);

    /// <summary>A name as one word of a shell command, whatever is in it.</summary>
    public static string Word(string name) =>
        name.Length > 0 && name[0] != '-' && !name.AsSpan().ContainsAnyExcept(PlainCharacters)
            ? name
            : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Lists the worker containers, the stopped ones too where none is known to run.</summary>
    private static string Containers(FleetFacts facts) =>
        facts.DeployedRunning == 0 && !facts.HasFreshWorkers ? "docker ps -aq -f name=worker" : "docker ps -q -f name=worker";

    /// <summary>The deployment that a command is for: one that should run and does not, otherwise the first by name.</summary>
    private static string Name(FleetFacts facts, DeploymentPlatform platform)
    {
        DeploymentEvidence? chosen = null;
        foreach (var deployment in facts.Snapshot.Deployments.Value ?? [])
        {
            if (deployment.Platform == platform && (chosen is null || IsBetter(deployment, chosen)))
            {
                chosen = deployment;
            }
        }

        return chosen is not null ? Word(chosen.Name) : platform == DeploymentPlatform.Systemd ? "cliply-worker" : "worker";

        static bool IsBetter(DeploymentEvidence candidate, DeploymentEvidence current)
        {
            var wanted = (candidate.DesiredReplicas > 0).CompareTo(current.DesiredReplicas > 0);
            return wanted != 0 ? wanted > 0 : string.CompareOrdinal(candidate.Name, current.Name) < 0;
        }
    }

    /// <summary>The first instance by name that is like that; null where there is none on that platform.</summary>
    private static string? Instance(FleetFacts facts, DeploymentPlatform platform, Func<FleetFacts, InstanceEvidence, bool>? which)
    {
        string? chosen = null;
        foreach (var deployment in facts.Snapshot.Deployments.Value ?? [])
        {
            if (deployment.Platform != platform)
            {
                continue;
            }

            foreach (var instance in deployment.Instances ?? [])
            {
                if ((which is null || which(facts, instance)) && (chosen is null || string.CompareOrdinal(instance.Id, chosen) < 0))
                {
                    chosen = instance.Id;
                }
            }
        }

        return chosen is null ? null : Word(chosen);
    }
}
