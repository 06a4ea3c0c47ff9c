using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>An instance is at a limit of CPU, memory or disk.</summary>
    public const string ResourcesExhausted = "resources-exhausted";
}

internal static partial class CauseCodes
{
    public const string Memory = "memory";
    public const string Cpu = "cpu";
    public const string IoWait = "io-wait";
}

/// <summary>An instance is at a limit of CPU, memory or disk (runbook: 3.1).</summary>
internal sealed class ResourcesExhaustedScenario : IScenario
{
    private static readonly string[] AllCauses = [CauseCodes.Memory, CauseCodes.Cpu, CauseCodes.IoWait];

    public string Code => DiagnosisCodes.ResourcesExhausted;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (!facts.Snapshot.Resources.IsKnown)
        {
            return null;
        }

        var memory = facts.Exhausted(cpu: false, memory: true, ioWait: false);
        var cpu = facts.Exhausted(cpu: true, memory: false, ioWait: false);
        var ioWait = facts.Exhausted(cpu: false, memory: false, ioWait: true);
        if (memory.Count == 0 && cpu.Count == 0 && ioWait.Count == 0)
        {
            return null;
        }

        string[] what = [.. new[] { (memory, "memory"), (cpu, "CPU"), (ioWait, "I/O wait") }.Where(r => r.Item1.Count > 0).Select(r => r.Item2)];
        return new Diagnosis
        {
            Code = Code,
            Title = "Resources exhausted",
            Severity = Severity.Warning,
            Summary = $"{Wording.List(what)} at or over the limit on {Wording.Count(memory.Concat(cpu).Concat(ioWait).Select(l => l.Metric[..l.Metric.LastIndexOf('.')]).Distinct(StringComparer.Ordinal).Count(), "instance", "instances")}.",
            Evidence = [.. memory, .. cpu, .. ioWait],
            Causes = Causes.Ranked(
                memory.Count > 0 ? Causes.Confirmed(CauseCodes.Memory, "Memory near its limit: a leak, or large files", memory) : null,
                cpu.Count > 0 ? Causes.Confirmed(CauseCodes.Cpu, "CPU at its limit: an infinite loop, or heavy processing", cpu) : null,
                ioWait.Count > 0 ? Causes.Confirmed(CauseCodes.IoWait, "High I/O wait: a slow disk", ioWait) : null),
            Impact = "Jobs on these instances become slow, miss their heartbeats, or die with their worker when memory runs out; video kinds (TRANSCRIBE, CLIP_RENDER, THUMBNAIL_GEN) suffer first.",
            NextChecks =
            [
                new("What do the workers use right now?", Commands.Resources(facts)) { Decides = AllCauses },
                new("Which jobs do they run?", Commands.RunningJobs) { Decides = AllCauses },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, "Restart the instance, if it does not recover by itself.", Commands.Restart(facts)) { Removes = [CauseCodes.Memory, CauseCodes.Cpu] },
                new(RemediationHorizon.Medium, "Raise the limit and redeploy.", Commands.RaiseMemory(facts)) { Removes = [CauseCodes.Memory, CauseCodes.Cpu] },
                new(RemediationHorizon.Long, "Profile the slow jobs, reduce their memory use, process smaller files, add timeouts.", Commands.None) { Removes = AllCauses },
            ],
            Verification = ["The next diagnosis shows all instances below their limits.", "Heartbeats are younger than 5 minutes."],
            Runbook = "worker-debugging.md#31-check-worker-resource-usage",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code switch
    {
        DiagnosisCodes.WorkersStuck => !other.IsConfirmed(CauseCodes.InfiniteLoop),
        DiagnosisCodes.WorkersCrashLooping => other.IsConfirmed(CauseCodes.OutOfMemory) && own.IsConfirmed(CauseCodes.Memory),
        _ => false,
    };
}

internal static class ResourcesExhaustedEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.ResourcesExhausted,
            null,
            "Resources exhausted",
            [Severity.Warning],
            "An instance is at a limit of memory, CPU or disk. Its jobs become slow and its heartbeats late; when memory runs out, the worker dies with its jobs."),
        Forms =
        [
            new(
                Severity.Warning,
                t => $"An instance is at {Limits.Percent(t.MemoryPercent)} of its memory limit or more, at {Limits.Percent(t.CpuPercent)} of its CPU limit (of all cores where it has none) or more, or waits for disks {Limits.Percent(t.IoWaitPercent)} of the time or more.",
                _ => Memory),
        ],
        Thresholds = [nameof(DiagnosisThresholds.MemoryPercent), nameof(DiagnosisThresholds.CpuPercent), nameof(DiagnosisThresholds.IoWaitPercent)],
        Causes =
        [
            new(CauseCodes.Memory, t => $"Memory is at {Limits.Percent(t.MemoryPercent)} of its limit or more; where there is no limit, never.", null, _ => Memory) { Thresholds = [nameof(DiagnosisThresholds.MemoryPercent)] },
            new(CauseCodes.Cpu, t => $"CPU is at {Limits.Percent(t.CpuPercent)} or more.", null, _ => ExampleFleet.Idle.Using(new ResourceEvidence { Instance = "worker", CpuPercent = 100 })) { Thresholds = [nameof(DiagnosisThresholds.CpuPercent)] },
            new(CauseCodes.IoWait, t => $"Waiting for disks takes {Limits.Percent(t.IoWaitPercent)} of the time or more.", null, _ => ExampleFleet.Idle.Using(new ResourceEvidence { Instance = "worker", IoWaitPercent = 100 })) { Thresholds = [nameof(DiagnosisThresholds.IoWaitPercent)] },
        ],
        CausePages =
        [
            new(
                CauseCodes.Memory,
                "Memory near its limit: a leak, or large files",
                "An instance has used almost all memory that it may have. At the limit it is killed, with the jobs that it runs.") { SeeAlso = [DiagnosisCodes.WorkersCrashLooping] },
            new(
                CauseCodes.Cpu,
                "CPU at its limit: an infinite loop, or heavy processing",
                "An instance uses all CPU that it may have. Encoding video does that by itself; a worker that gets nothing done is in a loop.") { SeeAlso = [DiagnosisCodes.WorkersStuck] },
            new(
                CauseCodes.IoWait,
                "High I/O wait: a slow disk",
                "Processes wait for disks much of the time: a slow or throttled volume, or too many jobs that copy large files at once."),
        ],
        Explains =
        [
            (DiagnosisCodes.WorkersStuck, "unless an infinite loop is its confirmed cause"),
            (DiagnosisCodes.WorkersCrashLooping, "where it crashes by running out of memory, and memory is at its limit here"),
        ],
    };

    private static DiagnosticSnapshot Memory { get; } = ExampleFleet.Idle.Using(new ResourceEvidence { Instance = "worker", MemoryBytes = 100, MemoryLimitBytes = 100 });
}
