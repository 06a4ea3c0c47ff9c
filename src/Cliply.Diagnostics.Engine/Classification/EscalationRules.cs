using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Classification;

/// <summary>Runbook: "When to Escalate".</summary>
internal static class EscalationRules
{
    private static readonly string[] Include =
    [
        "workers status",
        "jobs stats",
        "the last 100 log lines of each worker",
        "deployment configuration (Dockerfile, compose file, manifests, unit)",
        "recent deployments and infrastructure changes",
    ];

    private static readonly Escalation NotRecommended = new(false, [], Include);

    public static Escalation Apply(IReadOnlyList<Diagnosis> diagnoses, DiagnosticSnapshot snapshot)
    {
        List<string>? reasons = null;
        for (var d = 0; d < diagnoses.Count; d++)
        {
            if (Reason(diagnoses[d], snapshot) is { } reason)
            {
                (reasons ??= []).Add(reason);
            }
        }

        return reasons is null ? NotRecommended : new Escalation(true, reasons, Include);
    }

    private static string? Reason(Diagnosis diagnosis, DiagnosticSnapshot snapshot) => diagnosis switch
    {
        { Code: DiagnosisCodes.WorkersCrashLooping } when CrashesByItsOwnCode(diagnosis) => "Workers crash by a bug in their own or in native code.",
        { Code: DiagnosisCodes.DeadLetterSpike, Severity: Severity.Critical, SymptomOf.Count: 0 } => "Many jobs end as dead letters, and nothing found explains it.",
        { Code: DiagnosisCodes.JobStoreDrift, Severity: Severity.Critical } => "The database lacks functions that the workers call.",
        { Scenario: >= 1 and <= 4, Severity: Severity.Critical, SymptomOf.Count: 0 } when WasLookedAt(snapshot) && HasNoClearCause(diagnosis) =>
            $"{diagnosis.Title}: everything was looked at, and no cause is clear.",
        _ => null,
    };

    private static bool CrashesByItsOwnCode(Diagnosis crashes) =>
        (crashes.IsConfirmed(CauseCodes.NativeCrash) || crashes.IsConfirmed(CauseCodes.UncaughtException))
        && !crashes.IsConfirmed(CauseCodes.MissingEnvironment)
        && !crashes.IsConfirmed(CauseCodes.MissingBinary)
        && !crashes.IsConfirmed(CauseCodes.DatabaseConnection);

    private static bool HasNoClearCause(Diagnosis diagnosis)
    {
        foreach (var cause in diagnosis.Causes)
        {
            if (cause.Confidence != Confidence.Possible)
            {
                return false;
            }
        }

        return true;
    }

    private static bool WasLookedAt(DiagnosticSnapshot snapshot) =>
        snapshot.Deployments.IsKnown && snapshot.Logs.IsKnown && snapshot.Resources.IsKnown && snapshot.Environment.IsKnown && snapshot.Database.IsKnown;
}
