using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

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
        Explains =
        [
            (DiagnosisCodes.WorkersStuck, "unless an infinite loop is its confirmed cause"),
            (DiagnosisCodes.WorkersCrashLooping, "where it crashes by running out of memory, and memory is at its limit here"),
        ],
    };

    private static DiagnosticSnapshot Memory { get; } = ExampleFleet.Idle.Using(new ResourceEvidence { Instance = "worker", MemoryBytes = 100, MemoryLimitBytes = 100 });
}
