using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Fewer instances run than are wanted.</summary>
    public const string WorkersBelowDesired = "workers-below-desired";
}

internal static partial class CauseCodes
{
    public const string InstanceCrashed = "instance-crashed";
}

/// <summary>Fewer instances run than are wanted (runbook: 1.1).</summary>
internal sealed class WorkersBelowDesiredScenario : IScenario
{
    public string Code => DiagnosisCodes.WorkersBelowDesired;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Snapshot.Deployments.Value is not { } deployments || facts.DeployedRunning == 0 || facts.IsAnythingStarting)
        {
            return null;
        }

        Int128 desired = 0;
        for (var d = 0; d < deployments.Count; d++)
        {
            desired += deployments[d].DesiredReplicas ?? 0;
        }

        if (facts.DeployedRunning >= desired)
        {
            return null;
        }

        return new Diagnosis
        {
            Code = Code,
            Title = "Fewer workers than desired",
            Severity = Severity.Warning,
            Summary = $"{facts.DeployedRunning} of {desired} desired instances run.",
            Evidence =
            [
                facts.RunningInstances(desired.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                .. facts.InstanceLines(static (f, deployment, instance) => instance.State == InstanceState.Running ? null : f.State(deployment, instance)),
            ],
            Causes = Causes.Ranked(
                SharedCauses.StartupFailure(facts),
                Causes.ConfirmedBy(
                    CauseCodes.InstanceCrashed,
                    "An instance has crashed",
                    facts.InstanceLines(static (f, deployment, instance) => f.HasCrashed(instance) ? f.State(deployment, instance) : null),
                    ruledOut: true)),
            Impact = $"The fleet works with less capacity than was planned: {JobKinds.Suffering(facts, k => k.Runnable, "every job kind")} may wait longer.",
            NextChecks =
            [
                new("Which instances do not run?", Commands.Status(facts)) { Decides = [CauseCodes.StartupFailure, CauseCodes.InstanceCrashed] },
                new("Why not: image, scheduling, crash?", Commands.Describe(facts, static (_, i) => i.State != InstanceState.Running)) { Decides = [CauseCodes.StartupFailure, CauseCodes.InstanceCrashed] },
                new("What did they say before?", Commands.CrashLogs(facts, static (_, i) => i.State != InstanceState.Running)) { Decides = [CauseCodes.InstanceCrashed] },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, "If it began with a rollout, go back to the version before.", Commands.Rollback(facts)) { Removes = [CauseCodes.StartupFailure, CauseCodes.InstanceCrashed] },
                new(RemediationHorizon.Medium, "Fix what keeps the instances from starting: the image's name, pull secrets, free capacity in the cluster.", Commands.Describe(facts, static (_, i) => i.State != InstanceState.Running)) { Removes = [CauseCodes.StartupFailure] },
                new(RemediationHorizon.Long, "Alert on ready replicas staying below the desired ones for 15 minutes.", Commands.None),
            ],
            Verification = [$"{desired} instances run and are ready."],
            Runbook = "worker-debugging.md#11-check-worker-deployment-status",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code == DiagnosisCodes.QueueBacklog;
}

internal static class WorkersBelowDesiredEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.WorkersBelowDesired,
            null,
            "Fewer workers than desired",
            [Severity.Warning],
            "Some of the instances that should run do not. The fleet works, with less capacity than was planned."),
        Forms = [new(Severity.Warning, t => $"Instances run, but fewer than the deployments want, and none is being started (for no longer than {Limits.Of(t.StartGrace)}).", _ => With(ExampleFleet.Waiting("worker-1", "ImagePullBackOff")))],
        Thresholds = [nameof(DiagnosisThresholds.StartGrace)],
        Causes =
        [
            SharedRules.StartupFailure(_ => With(ExampleFleet.Waiting("worker-1", "ImagePullBackOff"))),
            new(
                CauseCodes.InstanceCrashed,
                t => $"An instance waits in CrashLoopBackOff, or ended within {Limits.Of(t.EvidenceWindow)} with an exit code other than 0 and 143.",
                null,
                _ => With(ExampleFleet.Ended("worker-1", "Error", 1))) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] },
        ],
        CausePages =
        [
            new(
                CauseCodes.InstanceCrashed,
                "An instance has crashed",
                "One of the workers has ended with an error and does not run, while others do.") { SeeAlso = [DiagnosisCodes.WorkersCrashLooping] },
        ],
        Explains = [(DiagnosisCodes.QueueBacklog, null)],
    };

    private static DiagnosticSnapshot With(InstanceEvidence other) => ExampleFleet.Idle.Deployed(2, ExampleFleet.Running("worker-0"), other);
}
