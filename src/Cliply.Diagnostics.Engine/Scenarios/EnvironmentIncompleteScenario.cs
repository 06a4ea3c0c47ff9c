using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>Environment variables are missing or can't work.</summary>
    public const string EnvironmentIncomplete = "environment-incomplete";
}

internal static partial class CauseCodes
{
    public const string MissingEnvironment = "missing-environment";
    public const string InvalidEnvironment = "invalid-environment";
}

/// <summary>Environment variables are missing or can't work (runbook: 1.3 and "Cause: Missing Environment Variables").</summary>
internal sealed class EnvironmentIncompleteScenario : IScenario
{
    private static readonly string[] AllCauses = [CauseCodes.MissingEnvironment, CauseCodes.InvalidEnvironment];

    public string Code => DiagnosisCodes.EnvironmentIncomplete;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Snapshot.Environment.Value is not { } environment)
        {
            return null;
        }

        var missing = environment.MissingRequired ?? [];
        var invalid = environment.Invalid ?? [];
        var recommended = environment.MissingRecommended ?? [];
        return missing.Count > 0 || invalid.Count > 0 ? Critical(facts, missing, invalid)
            : recommended.Count > 0 ? Info(facts, recommended)
            : null;
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code is
        DiagnosisCodes.NoWorkersRunning or DiagnosisCodes.WorkersCrashLooping or DiagnosisCodes.JobsFailing;

    private Diagnosis Critical(FleetFacts facts, IReadOnlyList<string> missing, IReadOnlyList<InvalidVariable> invalid)
    {
        var evidence = facts.EnvironmentProblems();
        var names = missing.Concat(invalid.Select(v => v.Name ?? "?")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new Diagnosis
        {
            Code = Code,
            Title = "Environment incomplete",
            Severity = Severity.Critical,
            Summary = (missing.Count, invalid.Count) switch
            {
                (_, 0) => $"Required and not set: {Wording.List([.. missing.Order(StringComparer.Ordinal)])}.",
                (0, _) => $"Set to something that can't work: {Wording.List(names)}.",
                _ => $"Required and not set, or set to something that can't work: {Wording.List(names)}.",
            },
            Evidence = evidence,
            Causes = Causes.Ranked(
                missing.Count > 0 ? Causes.Confirmed(CauseCodes.MissingEnvironment, "Required variables are not set", [.. evidence.Take(missing.Count)]) : null,
                invalid.Count > 0 ? Causes.Confirmed(CauseCodes.InvalidEnvironment, "Variables are set to something that can't work", [.. evidence.Skip(missing.Count)]) : null),
            Impact = "A worker that starts with this environment fails at start-up or at its first job: every job kind is at risk.",
            NextChecks = [new("Which variables does a worker have?", Commands.EnvironmentNames(facts)) { Decides = AllCauses }],
            Remediation =
            [
                new(RemediationHorizon.Quick, $"Set {Wording.List(names)} in the .env file or the deployment configuration.", Commands.SetVariable(facts, names[0])) { Removes = AllCauses },
                new(RemediationHorizon.Quick, "Restart the workers: a running process does not see the change.", Commands.Restart(facts)) { Removes = AllCauses },
                new(RemediationHorizon.Medium, "Compare the deployment's configuration with the one that last worked.", Commands.Rollback(facts)) { Removes = AllCauses },
                new(RemediationHorizon.Long, "Check the environment before every rollout, so that this fails in the pipeline.", Commands.None) { Removes = AllCauses },
            ],
            Verification =
            [
                "The next diagnosis lists none of these variables.",
                "The workers' logs show no \"is not configured\" any more.",
            ],
            Runbook = "worker-debugging.md#cause-missing-environment-variables",
        };
    }

    private Diagnosis Info(FleetFacts facts, IReadOnlyList<string> recommended) => new()
    {
        Code = Code,
        Title = "Recommended variables not set",
        Severity = Severity.Info,
        Summary = $"Recommended and not set: {Wording.List([.. recommended.Order(StringComparer.Ordinal)])}.",
        Evidence = [.. recommended.Select(name => facts.Line($"environment.{name}", "missing", "set", "environment"))],
        Impact = "Jobs run, but errors are harder to find: without SENTRY_DSN none is reported, without LOG_LEVEL the level is the default.",
        NextChecks = [new("Which variables does a worker have?", Commands.EnvironmentNames(facts))],
        Remediation = [new(RemediationHorizon.Medium, $"Set {Wording.List([.. recommended.Order(StringComparer.Ordinal)])} at the next rollout.", Commands.None)],
        Verification = ["The next diagnosis does not list them any more."],
        Runbook = "worker-debugging.md#13-verify-environment-variables",
    };
}

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
        CausePages =
        [
            new(
                CauseCodes.MissingEnvironment,
                "Environment variables are missing or can't work",
                "Variables that a worker needs are not set where it starts: left out of the .env file or the deployment, or lost with a rollout.") { Runbook = "worker-debugging.md#cause-missing-environment-variables" },
            new(
                CauseCodes.InvalidEnvironment,
                "Variables are set to something that can't work",
                "A variable is there, but holds a placeholder, a cut value, or a URL that is none. It is not missing, so that nothing complains until it is used.") { Runbook = "worker-debugging.md#cause-missing-environment-variables" },
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
