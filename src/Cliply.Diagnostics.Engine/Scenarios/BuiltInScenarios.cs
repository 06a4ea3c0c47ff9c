namespace Cliply.Diagnostics.Scenarios;

/// <summary>The runbook's scenarios, in the order in which equally severe diagnoses are listed.</summary>
public static class BuiltInScenarios
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new DatabaseUnavailableScenario(),
        new EnvironmentIncompleteScenario(),
        new JobStoreDriftScenario(),
        new FfmpegUnavailableScenario(),
        new WorkersCrashLoopingScenario(),
        new NoWorkersRunningScenario(),
        new WorkersStuckScenario(),
        new WorkersNotClaimingScenario(),
        new JobsFailingScenario(),
        new ResourcesExhaustedScenario(),
        new DeadLetterSpikeScenario(),
        new QueueBacklogScenario(),
        new WorkersBelowDesiredScenario(),
        new HeartbeatLateScenario(),
        new ClockSkewScenario(),
        new YtDlpUnavailableScenario(),
        new JobStoreUnindexedScenario(),
    ];
}
