using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Scenarios;

/// <summary>The runbook's scenarios, in the order in which equally severe diagnoses are listed.</summary>
public static class BuiltInScenarios
{
    /// <summary>
    /// Each with the sections that decide it, and with what the catalog says of it, which is made only where somebody asks
    /// for it.
    /// </summary>
    internal static IReadOnlyList<(IScenario Scenario, SnapshotSection[] DecidedBy, Func<DiagnosisEntry> CreateEntry)> Registrations { get; } =
    [
        (new DatabaseUnavailableScenario(), [SnapshotSection.Database], DatabaseUnavailableEntry.Create),
        (new EnvironmentIncompleteScenario(), [SnapshotSection.Environment], EnvironmentIncompleteEntry.Create),
        (new JobStoreDriftScenario(), [SnapshotSection.Database], JobStoreDriftEntry.Create),
        (new FfmpegUnavailableScenario(), [SnapshotSection.Binaries], FfmpegUnavailableEntry.Create),
        (new WorkersCrashLoopingScenario(), [SnapshotSection.Deployments, SnapshotSection.History], WorkersCrashLoopingEntry.Create),
        (new NoWorkersRunningScenario(), [SnapshotSection.Workers], NoWorkersRunningEntry.Create),
        (new WorkersStuckScenario(), [SnapshotSection.Workers], WorkersStuckEntry.Create),
        (new WorkersNotClaimingScenario(), [SnapshotSection.Workers, SnapshotSection.Queue], WorkersNotClaimingEntry.Create),
        (new JobsFailingScenario(), [SnapshotSection.Queue], JobsFailingEntry.Create),
        (new ResourcesExhaustedScenario(), [SnapshotSection.Resources], ResourcesExhaustedEntry.Create),
        (new DeadLetterSpikeScenario(), [SnapshotSection.Queue], DeadLetterSpikeEntry.Create),
        (new QueueBacklogScenario(), [SnapshotSection.Queue], QueueBacklogEntry.Create),
        (new WorkersBelowDesiredScenario(), [SnapshotSection.Deployments], WorkersBelowDesiredEntry.Create),
        (new HeartbeatLateScenario(), [SnapshotSection.Workers], HeartbeatLateEntry.Create),
        (new ClockSkewScenario(), [SnapshotSection.Workers], ClockSkewEntry.Create),
        (new YtDlpUnavailableScenario(), [SnapshotSection.Binaries], YtDlpUnavailableEntry.Create),
        (new JobStoreUnindexedScenario(), [SnapshotSection.Database], JobStoreUnindexedEntry.Create),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IScenario> All { get; } = [.. Registrations.Select(s => s.Scenario)];
}
