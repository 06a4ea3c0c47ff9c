using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>A heartbeat lies in the future.</summary>
    public const string ClockSkew = "clock-skew";
}

/// <summary>A heartbeat lies in the future: clocks disagree, and ages can't be trusted.</summary>
internal sealed class ClockSkewScenario : IScenario
{
    public string Code => DiagnosisCodes.ClockSkew;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Workers?.LastHeartbeatAt is not { } last || facts.AgeOf(last) >= -facts.Thresholds.ClockSkew)
        {
            return null;
        }

        var ahead = Wording.Duration(last - facts.Snapshot.CapturedAt);
        return new Diagnosis
        {
            Code = Code,
            Title = "Clocks disagree",
            Severity = Severity.Warning,
            Summary = $"The last heartbeat lies {ahead} in the future.",
            Evidence = [facts.Line("workers.lastHeartbeatAt", $"{ahead} in the future", $"at most {Wording.Duration(facts.Thresholds.ClockSkew)} in the future", facts.WorkerSource(), last)],
            Impact = "Ages of heartbeats can't be trusted: a stuck worker can look fresh, and jobs of every kind can be taken from a healthy one.",
            NextChecks = [new("Do this host's and the database's clock agree?", Commands.HostClock)],
            Remediation =
            [
                new(RemediationHorizon.Quick, "Find the host whose clock is ahead, and synchronise it.",
                [
                    Commands.Look(CommandPlatform.Systemd, "timedatectl timesync-status"),
                    Commands.Change(CommandPlatform.Systemd, "systemctl restart systemd-timesyncd"),
                ]),
                new(RemediationHorizon.Medium, "Run a time service on every host that workers run on.", Commands.None),
                new(RemediationHorizon.Long, "Let the database write all times (now()), never the worker.", Commands.None),
            ],
            Verification = ["The next diagnosis shows no heartbeat in the future."],
            Runbook = "worker-debugging.md#step-1-check-worker-status",
        };
    }
}

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
