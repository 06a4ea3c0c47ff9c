using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class ClockSkewEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.ClockSkew,
            null,
            "Clocks disagree",
            [Severity.Warning],
            "A worker's heartbeat lies in the future of the clock that it is measured against: one of the two is wrong, and no age of a heartbeat can be trusted until that is fixed."),
        Forms =
        [
            new(
                Severity.Warning,
                t => $"The newest heartbeat lies more than {Limits.Of(t.ClockSkew)} in the future.",
                t => ExampleFleet.Idle.Workers(w => w with { LastHeartbeatAt = ExampleFleet.FurtherAheadThan(t.ClockSkew) })),
        ],
        Thresholds = [nameof(DiagnosisThresholds.ClockSkew)],
    };
}
