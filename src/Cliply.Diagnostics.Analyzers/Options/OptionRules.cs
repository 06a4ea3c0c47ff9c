namespace Cliply.Diagnostics.Analyzers.Options;

/// <summary>
/// What must hold between two options, as the library's own validation says it when the host starts; a test holds one against the
/// other. Names are those of the property with its class.
/// </summary>
internal static class OptionRules
{
    public static readonly (string Low, string High, bool MayBeEqual)[] Pairs =
    [
        ("DiagnosisThresholds.HeartbeatFresh", "DiagnosisThresholds.HeartbeatStale", true),
        ("DiagnosisThresholds.ClockSkew", "DiagnosisThresholds.HeartbeatFresh", true),
        ("DiagnosisThresholds.DeadLetters", "DiagnosisThresholds.DeadLettersCritical", true),
        ("DiagnosisThresholds.FailingJobsPercent", "DiagnosisThresholds.FailingJobsCriticalPercent", true),
        ("DiagnosisThresholds.BacklogJobs", "JobStoreOptions.CountingCap", false),
        ("DiagnosisThresholds.DeadLettersCritical", "JobStoreOptions.CountingCap", false),
        ("DiagnosisThresholds.HeartbeatStale", "JobStoreOptions.WorkersRetainedFor", false),
        ("DiagnosisThresholds.FluctuationWindow", "HistoryOptions.Length", true),
        ("HistoryOptions.Interval", "DiagnosisThresholds.FluctuationWindow", true),
        ("CliplyDiagnosticsOptions.CollectorDeadline", "CliplyDiagnosticsOptions.CollectionDeadline", false),
        ("WorkerHeartbeatOptions.Interval", "DiagnosisThresholds.HeartbeatFresh", false),
    ];
}
