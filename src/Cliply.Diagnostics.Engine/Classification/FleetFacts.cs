using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Classification;

/// <summary>
/// A snapshot and the words that scenarios speak in: fresh workers, free workers, crashed instances. A count that is
/// not observable makes a condition on it false, and adds 0 to a sum.
/// </summary>
public sealed class FleetFacts
{
    private const string CrashLoopBackOff = "CrashLoopBackOff";

    internal FleetFacts(DiagnosticSnapshot snapshot, DiagnosisThresholds thresholds)
    {
        Snapshot = snapshot;
        Thresholds = thresholds;

        if (Workers?.LastHeartbeatAt is { } last)
        {
            var age = AgeOf(last);
            HeartbeatAge = age >= TimeSpan.Zero ? age : age >= -thresholds.ClockSkew ? TimeSpan.Zero : null;
        }

        if (snapshot.Deployments.Value is { } deployments)
        {
            for (var d = 0; d < deployments.Count; d++)
            {
                if (deployments[d].Instances is not { } instances)
                {
                    continue;
                }

                for (var i = 0; i < instances.Count; i++)
                {
                    if (instances[i].State == InstanceState.Running)
                    {
                        DeployedRunning++;
                    }
                    else
                    {
                        IsAnythingStarting |= IsStarting(instances[i]);
                    }
                }
            }
        }
    }

    /// <summary>What was measured.</summary>
    public DiagnosticSnapshot Snapshot { get; }

    /// <summary>The limits to compare with.</summary>
    public DiagnosisThresholds Thresholds { get; }

    /// <summary>The workers; null where they are unknown.</summary>
    public WorkersEvidence? Workers => Snapshot.Workers.Value;

    /// <summary>The queue; null where it is unknown.</summary>
    public QueueEvidence? Queue => Snapshot.Queue.Value;

    /// <summary>
    /// The age of the newest heartbeat; zero where it lies in the future within the allowed clock skew; null where there
    /// is none or it lies further ahead.
    /// </summary>
    public TimeSpan? HeartbeatAge { get; }

    /// <summary>Instances in state running over all deployments; 0 where deployments are unknown.</summary>
    public long DeployedRunning { get; }

    /// <summary>Whether an instance is being created.</summary>
    public bool IsAnythingStarting { get; }

    /// <summary>Whether there are workers whose newest heartbeat is not stale.</summary>
    public bool HasFreshWorkers => Workers is { Active: > 0 } && HeartbeatAge <= Thresholds.HeartbeatStale;

    /// <summary>
    /// Whether the deployments are known, and nothing runs or starts there, and no worker beats either: then nobody works,
    /// whatever the job table still shows.
    /// </summary>
    public bool NothingRuns => Snapshot.Deployments.IsKnown && DeployedRunning == 0 && !IsAnythingStarting && !HasFreshWorkers;

    /// <summary>The larger of active workers and running instances, less the stale workers.</summary>
    public long NumberOfWorkers => Math.Max(0, Math.Max(Workers?.Active ?? 0, DeployedRunning) - (Workers?.Stale ?? 0));

    /// <summary>Workers that hold no job of their own, stale locks not counted.</summary>
    public long FreeWorkers => Math.Max(0, NumberOfWorkers - Math.Max(0, (Queue?.Running ?? 0) - (Queue?.StaleRunning ?? 0)));

    /// <summary>Whether the oldest runnable job has been due for longer than that.</summary>
    /// <param name="limit">The age to compare with.</param>
    public bool OldestRunnableIsOlderThan(TimeSpan limit) => Queue?.OldestRunnableAgeSeconds > limit.TotalSeconds;

    /// <summary>How long before the snapshot something was; negative where it lies in the future.</summary>
    /// <param name="time">When it was.</param>
    public TimeSpan AgeOf(DateTimeOffset time) => Snapshot.CapturedAt - time;

    /// <summary>Whether a finding, error or termination of that time counts: unknown, in the future, or inside the evidence window.</summary>
    /// <param name="time">When it was.</param>
    public bool IsRecent(DateTimeOffset? time) => time is null || AgeOf(time.Value) <= Thresholds.EvidenceWindow;

    /// <summary>Whether an instance is being created, and not for too long.</summary>
    /// <param name="instance">The instance.</param>
    public bool IsStarting(InstanceEvidence instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance is { State: InstanceState.Waiting, Reason: "ContainerCreating" or "PodInitializing" }
            && (instance.StartedAt is null || AgeOf(instance.StartedAt.Value) <= Thresholds.StartGrace);
    }

    /// <summary>Whether an instance waits for a reason that is neither a start nor a crash loop, such as an image that can't be pulled.</summary>
    /// <param name="instance">The instance.</param>
    public bool FailsToStart(InstanceEvidence instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance is { State: InstanceState.Waiting, Reason: not (null or CrashLoopBackOff) } && !IsStarting(instance);
    }

    /// <summary>Whether an instance is in a crash loop, or has recently ended with an error: exit codes 0 and 143 (SIGTERM) are none.</summary>
    /// <param name="instance">The instance.</param>
    public bool HasCrashed(InstanceEvidence instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return IsInCrashLoop(instance)
            || (instance is { State: InstanceState.Terminated, ExitCode: not (null or 0 or 143) } && IsRecent(instance.LastTerminatedAt));
    }

    /// <summary>Whether the platform holds the instance back because it keeps crashing.</summary>
    /// <param name="instance">The instance.</param>
    public static bool IsInCrashLoop(InstanceEvidence instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance is { State: InstanceState.Waiting, Reason: CrashLoopBackOff };
    }

    /// <summary>Whether a log repeats one line again and again that is not one of the healthy ones.</summary>
    /// <param name="log">The log.</param>
    public static bool IsLooping(LogEvidence log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log is
        {
            Lines: >= 20,
            DominantLineShare: >= 0.8,
            DominantPattern: not (BuiltInLogPatterns.Polling or BuiltInLogPatterns.HeartbeatSent or BuiltInLogPatterns.JobClaimed or BuiltInLogPatterns.JobCompleted),
        };
    }

    /// <summary>Whether a recent log finding or job error shows that pattern.</summary>
    /// <param name="pattern">A pattern's code.</param>
    public bool HasPattern(string pattern)
    {
        if (Snapshot.Logs.Value is { } logs)
        {
            for (var l = 0; l < logs.Count; l++)
            {
                if (logs[l].Findings is not { } findings)
                {
                    continue;
                }

                for (var f = 0; f < findings.Count; f++)
                {
                    if (findings[f].Pattern == pattern && findings[f].Count is null or > 0 && IsRecent(findings[f].LastAt))
                    {
                        return true;
                    }
                }
            }
        }

        if (Queue?.Errors is { } errors)
        {
            for (var e = 0; e < errors.Count; e++)
            {
                if (errors[e].Pattern == pattern && errors[e].Count is null or > 0 && IsRecent(errors[e].LastAt))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// The listed entry of a binary that can't be used; null where it is not listed or available. Of several, the one that
    /// sorts first, so that the order of the list does not matter.
    /// </summary>
    internal BinaryEvidence? UnavailableBinary(string name)
    {
        BinaryEvidence? chosen = null;
        if (Snapshot.Binaries.Value is { } binaries)
        {
            for (var b = 0; b < binaries.Count; b++)
            {
                var binary = binaries[b];
                if (binary.Name == name && binary.Status != BinaryStatus.Available && (chosen is null || Compare(binary, chosen) < 0))
                {
                    chosen = binary;
                }
            }
        }

        return chosen;

        static int Compare(BinaryEvidence one, BinaryEvidence other)
        {
            var byStatus = one.Status.CompareTo(other.Status);
            return byStatus != 0 ? byStatus : string.CompareOrdinal(one.FoundOutsidePath ?? one.Path, other.FoundOutsidePath ?? other.Path);
        }
    }

    /// <summary>Whether a binary was looked for.</summary>
    internal bool IsListed(string name) => Snapshot.Binaries.Value?.Any(b => b.Name == name) ?? false;

    /// <summary>A count summed over some job kinds; 0 where kinds are not given.</summary>
    internal Int128 SumOverKinds(ReadOnlySpan<string> kinds, Func<QueueKind, long?> count)
    {
        Int128 sum = 0;
        foreach (var kind in Queue?.Kinds ?? [])
        {
            if (kinds.Contains(kind.Kind))
            {
                sum += count(kind) ?? 0;
            }
        }

        return sum;
    }

    /// <summary>Whether any instance of any deployment is like that.</summary>
    internal bool AnyInstance(Func<FleetFacts, InstanceEvidence, bool> condition)
    {
        foreach (var deployment in Snapshot.Deployments.Value ?? [])
        {
            foreach (var instance in deployment.Instances ?? [])
            {
                if (condition(this, instance))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
