using Cliply.Diagnostics.Runbook.Entries;

namespace Cliply.Diagnostics.Runbook;

/// <summary>An entry for each built-in scenario, in their order.</summary>
internal static class DiagnosisEntries
{
    public static IReadOnlyList<DiagnosisEntry> All { get; } =
    [
        DatabaseUnavailableEntry.Create(),
        EnvironmentIncompleteEntry.Create(),
        JobStoreDriftEntry.Create(),
        FfmpegUnavailableEntry.Create(),
        WorkersCrashLoopingEntry.Create(),
        NoWorkersRunningEntry.Create(),
        WorkersStuckEntry.Create(),
        WorkersNotClaimingEntry.Create(),
        JobsFailingEntry.Create(),
        ResourcesExhaustedEntry.Create(),
        DeadLetterSpikeEntry.Create(),
        QueueBacklogEntry.Create(),
        WorkersBelowDesiredEntry.Create(),
        HeartbeatLateEntry.Create(),
        ClockSkewEntry.Create(),
        YtDlpUnavailableEntry.Create(),
        JobStoreUnindexedEntry.Create(),
    ];

    public static DiagnosisEntry? Find(string code) => All.FirstOrDefault(e => e.Topic.Code == code);
}
