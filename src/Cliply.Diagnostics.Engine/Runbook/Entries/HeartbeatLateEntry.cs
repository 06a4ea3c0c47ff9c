using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class HeartbeatLateEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.HeartbeatLate,
            null,
            "Heartbeat late",
            [Severity.Warning],
            "The newest sign of life is older than it should be, but not old enough to call the workers stuck. Either it recovers within minutes, or it becomes workers-stuck."),
        Forms =
        [
            new(
                Severity.Warning,
                t => $"There are workers, and the newest heartbeat is older than {Limits.Of(t.HeartbeatFresh)} and not older than {Limits.Of(t.HeartbeatStale)}.",
                t => ExampleFleet.Idle.Workers(w => w with { LastHeartbeatAt = ExampleFleet.Ago(t.HeartbeatStale) })),
        ],
        Thresholds = [nameof(DiagnosisThresholds.HeartbeatFresh), nameof(DiagnosisThresholds.HeartbeatStale)],
    };
}
