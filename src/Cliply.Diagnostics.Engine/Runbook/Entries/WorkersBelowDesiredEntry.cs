using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

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
        Explains = [(DiagnosisCodes.QueueBacklog, null)],
    };

    private static DiagnosticSnapshot With(InstanceEvidence other) => ExampleFleet.Idle.Deployed(2, ExampleFleet.Running("worker-0"), other);
}
