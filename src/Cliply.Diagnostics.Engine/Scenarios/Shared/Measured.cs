using System.Globalization;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>Evidence lines: the snapshot's values held against what a healthy fleet shows.</summary>
internal static class Measured
{
    private const string JobStore = "job store";

    public static EvidenceLine Line(this FleetFacts facts, string metric, string value, string expected, string source, DateTimeOffset? at = null) =>
        new(metric, value, expected, source, at ?? facts.Snapshot.CapturedAt);

    public static EvidenceLine Line(this FleetFacts facts, string metric, long value, string expected, string source) =>
        facts.Line(metric, value.ToString(CultureInfo.InvariantCulture), expected, source);

    public static string WorkerSource(this FleetFacts facts) => facts.Workers?.LivenessSource == LivenessSource.JobLocks ? "jobLocks" : "registry";

    public static EvidenceLine ActiveWorkers(this FleetFacts facts) =>
        facts.Line("workers.active", facts.Workers?.Active ?? 0, "> 0", facts.WorkerSource());

    public static EvidenceLine LastHeartbeat(this FleetFacts facts) =>
        facts.Workers?.LastHeartbeatAt is { } last
            ? facts.Line("workers.lastHeartbeatAt", facts.HeartbeatAge is { } age ? $"{Wording.Duration(age)} ago" : Wording.Time(last), $"at most {Wording.Duration(facts.Thresholds.HeartbeatFresh)} ago", facts.WorkerSource(), last)
            : facts.Line("workers.lastHeartbeatAt", "never", $"at most {Wording.Duration(facts.Thresholds.HeartbeatFresh)} ago", facts.WorkerSource());

    public static EvidenceLine Runnable(this FleetFacts facts, string expected) =>
        facts.Line("queue.runnable", facts.QueueCount("runnable", facts.Queue?.Runnable ?? 0), expected, JobStore);

    public static EvidenceLine OldestRunnable(this FleetFacts facts, TimeSpan limit) =>
        facts.Line("queue.oldestRunnableAgeSeconds", Wording.Seconds(facts.Queue?.OldestRunnableAgeSeconds ?? 0), $"at most {Wording.Duration(limit)}", JobStore);

    public static EvidenceLine Queue(this FleetFacts facts, string name, long value, string expected) =>
        facts.Line($"queue.{name}", facts.QueueCount(name, value), expected, JobStore);

    /// <summary>"10000 or more" where counting stopped at the cap.</summary>
    public static string QueueCount(this FleetFacts facts, string name, long value) =>
        facts.Queue?.LowerBounds?.Contains(name) == true ? $"{value} or more" : value.ToString(CultureInfo.InvariantCulture);

    public static EvidenceLine RunningInstances(this FleetFacts facts, string expected) =>
        facts.Line("deployments.running", facts.DeployedRunning, expected, facts.DeploymentSource());

    /// <summary>The platforms that deployments were read from.</summary>
    public static string DeploymentSource(this FleetFacts facts)
    {
        var platforms = (facts.Snapshot.Deployments.Value ?? []).Select(d => Platform(d.Platform)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return platforms.Count == 0 ? "deployments" : string.Join(", ", platforms);
    }

    public static string Platform(DeploymentPlatform platform) => platform switch
    {
        DeploymentPlatform.Docker => "docker",
        DeploymentPlatform.Kubernetes => "kubernetes",
        DeploymentPlatform.Systemd => "systemd",
        _ => "process",
    };

    /// <summary>A line for each deployment that is like that.</summary>
    public static List<EvidenceLine> DeploymentLines(this FleetFacts facts, Func<FleetFacts, DeploymentEvidence, EvidenceLine?> line)
    {
        var lines = new List<EvidenceLine>();
        foreach (var deployment in facts.Snapshot.Deployments.Value ?? [])
        {
            if (line(facts, deployment) is { } found)
            {
                lines.Add(found);
            }
        }

        return lines;
    }

    /// <summary>A line for each instance that is like that.</summary>
    public static List<EvidenceLine> InstanceLines(this FleetFacts facts, Func<FleetFacts, DeploymentEvidence, InstanceEvidence, EvidenceLine?> line)
    {
        var lines = new List<EvidenceLine>();
        foreach (var deployment in facts.Snapshot.Deployments.Value ?? [])
        {
            foreach (var instance in deployment.Instances ?? [])
            {
                if (line(facts, deployment, instance) is { } found)
                {
                    lines.Add(found);
                }
            }
        }

        return lines;
    }

    /// <summary>"waiting: ImagePullBackOff", "terminated: Error (exit code 139)".</summary>
    public static EvidenceLine State(this FleetFacts facts, DeploymentEvidence deployment, InstanceEvidence instance)
    {
        var state = instance.State switch
        {
            InstanceState.Running => "running",
            InstanceState.Waiting => "waiting",
            _ => "terminated",
        };
        var reason = instance.Reason is null ? "" : $": {instance.Reason}";
        var exit = instance.ExitCode is null ? "" : $" (exit code {instance.ExitCode})";
        return facts.Line($"deployments.{deployment.Name}.{instance.Id}.state", state + reason + exit, "running", Platform(deployment.Platform));
    }

    /// <summary>"OOMKilled (exit code 137)", at the time of the termination.</summary>
    public static EvidenceLine Termination(this FleetFacts facts, DeploymentEvidence deployment, InstanceEvidence instance, string? reason, int? exitCode)
    {
        var value = (reason, exitCode) switch
        {
            (null, _) => $"exit code {exitCode}",
            (_, null) => reason,
            _ => $"{reason} (exit code {exitCode})",
        };
        return facts.Line($"deployments.{deployment.Name}.{instance.Id}.lastTermination", value, "none", Platform(deployment.Platform), instance.LastTerminatedAt);
    }

    /// <summary>A line for each recent log finding and job error that shows one of the patterns.</summary>
    public static List<EvidenceLine> Patterns(this FleetFacts facts, params ReadOnlySpan<string> patterns)
    {
        var lines = new List<EvidenceLine>();
        foreach (var log in facts.Snapshot.Logs.Value ?? [])
        {
            foreach (var finding in log.Findings ?? [])
            {
                if (patterns.Contains(finding.Pattern) && finding.Count is null or > 0 && facts.IsRecent(finding.LastAt))
                {
                    lines.Add(facts.Line($"logs.{finding.Pattern}", Found(finding.Count, finding.Sample), "none", log.Source, finding.LastAt));
                }
            }
        }

        foreach (var error in facts.Queue?.Errors ?? [])
        {
            if (error.Pattern is { } pattern && patterns.Contains(pattern) && error.Count is null or > 0 && facts.IsRecent(error.LastAt))
            {
                lines.Add(facts.Line($"queue.errors.{pattern}", Found(error.Count, error.Sample), "none", JobStore, error.LastAt));
            }
        }

        return lines;
    }

    public static EvidenceLine Binary(this FleetFacts facts, BinaryEvidence binary) => facts.Line(
        $"binaries.{binary.Name}",
        binary.Status switch
        {
            BinaryStatus.Available => "available",
            BinaryStatus.NotFound when binary.FoundOutsidePath is not null => $"not found in PATH, but at {binary.FoundOutsidePath}",
            BinaryStatus.NotFound => "not found",
            BinaryStatus.NotExecutable => $"not executable{At(binary)}",
            BinaryStatus.Failed => $"failed{At(binary)}",
            _ => $"timed out{At(binary)}",
        },
        "available",
        "binaries");

    public static EvidenceLine DatabaseStatus(this FleetFacts facts, DatabaseEvidence database) => facts.Line(
        "database.status",
        Status(database.Status) + (database.SqlState is null ? "" : $" (SQLSTATE {database.SqlState})"),
        "ok",
        "database");

    private static string Status(DatabaseStatus status) => status switch
    {
        Evidence.DatabaseStatus.Ok => "ok",
        Evidence.DatabaseStatus.Refused => "refused",
        Evidence.DatabaseStatus.HostNotFound => "hostNotFound",
        Evidence.DatabaseStatus.Timeout => "timeout",
        Evidence.DatabaseStatus.AuthenticationFailed => "authenticationFailed",
        Evidence.DatabaseStatus.TlsFailed => "tlsFailed",
        Evidence.DatabaseStatus.PermissionDenied => "permissionDenied",
        Evidence.DatabaseStatus.SchemaMissing => "schemaMissing",
        Evidence.DatabaseStatus.TooManyConnections => "tooManyConnections",
        Evidence.DatabaseStatus.ReadOnly => "readOnly",
        Evidence.DatabaseStatus.ShuttingDown => "shuttingDown",
        _ => "error",
    };

    /// <summary>Missing required and invalid variables.</summary>
    public static List<EvidenceLine> EnvironmentProblems(this FleetFacts facts)
    {
        var lines = new List<EvidenceLine>();
        if (facts.Snapshot.Environment.Value is { } environment)
        {
            foreach (var name in environment.MissingRequired ?? [])
            {
                lines.Add(facts.Line($"environment.{name}", "missing", "set", "environment"));
            }

            foreach (var variable in environment.Invalid ?? [])
            {
                lines.Add(facts.Line($"environment.{variable.Name ?? "?"}", variable.Reason ?? "invalid", "valid", "environment"));
            }
        }

        return lines;
    }

    /// <summary>A line for each instance at or over a resource threshold.</summary>
    public static List<EvidenceLine> Exhausted(this FleetFacts facts, bool cpu, bool memory, bool ioWait)
    {
        var lines = new List<EvidenceLine>();
        foreach (var resource in facts.Snapshot.Resources.Value ?? [])
        {
            var instance = resource.Instance ?? "worker";
            if (memory && facts.IsMemoryExhausted(resource))
            {
                lines.Add(facts.Line($"resources.{instance}.memoryBytes", Wording.Percent(100.0 * resource.MemoryBytes!.Value / resource.MemoryLimitBytes!.Value) + " of its limit", $"< {Wording.Percent(facts.Thresholds.MemoryPercent)}", "resources"));
            }

            if (cpu && resource.CpuPercent >= facts.Thresholds.CpuPercent)
            {
                lines.Add(facts.Line($"resources.{instance}.cpuPercent", Wording.Percent(resource.CpuPercent.Value), $"< {Wording.Percent(facts.Thresholds.CpuPercent)}", "resources"));
            }

            if (ioWait && resource.IoWaitPercent >= facts.Thresholds.IoWaitPercent)
            {
                lines.Add(facts.Line($"resources.{instance}.ioWaitPercent", Wording.Percent(resource.IoWaitPercent.Value), $"< {Wording.Percent(facts.Thresholds.IoWaitPercent)}", "resources"));
            }
        }

        return lines;
    }

    public static bool IsMemoryExhausted(this FleetFacts facts, ResourceEvidence resource) =>
        resource is { MemoryBytes: { } used, MemoryLimitBytes: { } limit and > 0 } && used * 100.0 >= limit * facts.Thresholds.MemoryPercent;

    /// <summary>A line for each log that repeats itself.</summary>
    public static List<EvidenceLine> LoopingLogs(this FleetFacts facts)
    {
        var lines = new List<EvidenceLine>();
        foreach (var log in facts.Snapshot.Logs.Value ?? [])
        {
            if (FleetFacts.IsLooping(log))
            {
                lines.Add(facts.Line("logs.dominantLineShare", Wording.Percent(100 * log.DominantLineShare!.Value) + " of the lines are the same", "< 80 %", log.Source, log.LastLineAt));
            }
        }

        return lines;
    }

    private static string At(BinaryEvidence binary) => binary.Path is null ? "" : $" at {binary.Path}";

    private static string Found(long? count, string? sample)
    {
        var times = count is null ? "found" : Wording.Count(count.Value, "time", "times");
        return string.IsNullOrWhiteSpace(sample) ? times : $"{times}: {sample}";
    }
}
