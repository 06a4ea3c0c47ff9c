using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

internal static class EnvironmentIncompleteEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.EnvironmentIncomplete,
            null,
            "Environment incomplete",
            [Severity.Critical, Severity.Info],
            "Environment variables that a worker needs are missing, empty or set to something that can't work, where the check ran. A worker that starts like that fails at once or at its first job."),
        Forms =
        [
            new(Severity.Critical, _ => "A required variable is not set or blank, or a variable is set to something that can't work.", _ => ExampleFleet.Idle.MissingVariable()),
            new(Severity.Info, _ => "Only recommended variables are not set.", _ => With(new EnvironmentEvidence { MissingRecommended = ["LOG_LEVEL", "SENTRY_DSN"] })),
        ],
        Causes =
        [
            new(CauseCodes.MissingEnvironment, _ => "A required variable is not set or blank.", null, _ => ExampleFleet.Idle.MissingVariable()),
            new(CauseCodes.InvalidEnvironment, _ => "A variable is set to something that can't work, such as a placeholder or a URL that is none.", null, _ => With(new EnvironmentEvidence { Invalid = [new InvalidVariable { Name = "SUPABASE_URL", Reason = "not an absolute https URL" }] })),
        ],
        Explains =
        [
            (DiagnosisCodes.NoWorkersRunning, "unless the workers are scaled to zero or not deployed at all"),
            (DiagnosisCodes.WorkersCrashLooping, null),
            (DiagnosisCodes.JobsFailing, null),
        ],
    };

    private static DiagnosticSnapshot With(EnvironmentEvidence environment) => ExampleFleet.Idle with { Environment = environment };
}
