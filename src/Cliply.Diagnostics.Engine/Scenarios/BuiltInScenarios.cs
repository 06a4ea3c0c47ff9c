using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Scenarios;

/// <summary>The runbook's scenarios, in the order in which equally severe diagnoses are listed.</summary>
public static class BuiltInScenarios
{
    /// <summary>Each with what the catalog says of it, which is made only where somebody asks for it.</summary>
    internal static IReadOnlyList<(IScenario Scenario, Func<DiagnosisEntry> CreateEntry)> WithEntries { get; } =
    [
        (new DatabaseUnavailableScenario(), DatabaseUnavailableEntry.Create),
        (new EnvironmentIncompleteScenario(), EnvironmentIncompleteEntry.Create),
        (new JobStoreDriftScenario(), JobStoreDriftEntry.Create),
        (new FfmpegUnavailableScenario(), FfmpegUnavailableEntry.Create),
        (new WorkersCrashLoopingScenario(), WorkersCrashLoopingEntry.Create),
        (new NoWorkersRunningScenario(), NoWorkersRunningEntry.Create),
        (new WorkersStuckScenario(), WorkersStuckEntry.Create),
        (new WorkersNotClaimingScenario(), WorkersNotClaimingEntry.Create),
        (new JobsFailingScenario(), JobsFailingEntry.Create),
        (new ResourcesExhaustedScenario(), ResourcesExhaustedEntry.Create),
        (new DeadLetterSpikeScenario(), DeadLetterSpikeEntry.Create),
        (new QueueBacklogScenario(), QueueBacklogEntry.Create),
        (new WorkersBelowDesiredScenario(), WorkersBelowDesiredEntry.Create),
        (new HeartbeatLateScenario(), HeartbeatLateEntry.Create),
        (new ClockSkewScenario(), ClockSkewEntry.Create),
        (new YtDlpUnavailableScenario(), YtDlpUnavailableEntry.Create),
        (new JobStoreUnindexedScenario(), JobStoreUnindexedEntry.Create),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IScenario> All { get; } = [.. WithEntries.Select(s => s.Scenario)];
}
