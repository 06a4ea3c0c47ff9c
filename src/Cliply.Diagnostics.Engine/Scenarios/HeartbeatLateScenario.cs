using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>The newest heartbeat is late, but not stale.</summary>
    public const string HeartbeatLate = "heartbeat-late";
}

/// <summary>The newest heartbeat is older than it should be, but not stale: the row that the runbook's table of step 1 lacks.</summary>
internal sealed class HeartbeatLateScenario : IScenario
{
    public string Code => DiagnosisCodes.HeartbeatLate;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Workers is not { Active: > 0 } || facts.HeartbeatAge is not { } age || age <= facts.Thresholds.HeartbeatFresh || age > facts.Thresholds.HeartbeatStale)
        {
            return null;
        }

        return new Diagnosis
        {
            Code = Code,
            Title = "Heartbeat late",
            Severity = Severity.Warning,
            Summary = $"The last heartbeat was {Wording.Duration(age)} ago; workers beat every few seconds while they have a job.",
            Evidence = [facts.ActiveWorkers(), facts.LastHeartbeat()],
            Impact = $"The running jobs may be stuck, and will be given to another worker if it goes on: {JobKinds.Suffering(facts, k => k.Running, "every job kind")}.",
            NextChecks =
            [
                new("Do the workers log, and what?", Commands.Logs(facts, static (_, i) => i.State == InstanceState.Running)),
                new("Are they at a limit of CPU, memory or disk?", Commands.Resources(facts)),
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, $"Look again: after {Wording.Duration(facts.Thresholds.HeartbeatStale)} without a heartbeat the workers count as stuck.", Commands.Diagnose),
                new(RemediationHorizon.Medium, "If a worker no longer logs either, save its logs and restart it.", Commands.Restart(facts)),
                new(RemediationHorizon.Long, "Send heartbeats from a timer of their own, so that a long job does not hold them up.", Commands.None),
            ],
            Verification = [$"The next diagnosis shows a heartbeat younger than {Wording.Duration(facts.Thresholds.HeartbeatFresh)}."],
            Runbook = "worker-debugging.md#step-1-check-worker-status",
        };
    }
}

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
