using System.Text.RegularExpressions;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Classification;

/// <summary>Turns a snapshot into the runbook's pages: deterministic, pure and total. Safe for concurrent use.</summary>
public sealed partial class DiagnosisClassifier
{
    private readonly DiagnosisThresholds _thresholds;
    private readonly IScenario[] _scenarios;

    /// <summary>A classifier of the built-in scenarios and the host's own.</summary>
    /// <param name="thresholds">The limits to compare with; null: the defaults.</param>
    /// <param name="additional">The host's own scenarios; in order they come after the built-in ones.</param>
    /// <exception cref="ArgumentException">A scenario's code is not made of lower-case words joined by hyphens, or is there twice.</exception>
    public DiagnosisClassifier(DiagnosisThresholds? thresholds = null, IEnumerable<IScenario>? additional = null)
    {
        _thresholds = thresholds ?? new DiagnosisThresholds();
        _scenarios = [.. BuiltInScenarios.All, .. additional ?? []];

        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var scenario in _scenarios)
        {
            if (scenario.Code is null || !CodeShape().IsMatch(scenario.Code))
            {
                throw new ArgumentException($"The scenario code '{scenario.Code}' is not made of lower-case words joined by hyphens. Rename it, as in 'disk-almost-full'.", nameof(additional));
            }

            if (!codes.Add(scenario.Code))
            {
                throw new ArgumentException($"The scenario '{scenario.Code}' is there twice. Give each scenario a code of its own.", nameof(additional));
            }
        }
    }

    /// <summary>Classifies one snapshot. Never throws on a snapshot that can be read: a host's scenario that throws is listed in the unknowns.</summary>
    /// <param name="snapshot">What was measured.</param>
    public DiagnosticReport Classify(DiagnosticSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var facts = new FleetFacts(snapshot, _thresholds);
        List<Found>? found = null;
        List<UnknownEvidence>? failed = null;
        for (var s = 0; s < _scenarios.Length; s++)
        {
            if (Diagnose(s, facts, ref failed) is { } diagnosis)
            {
                (found ??= []).Add(new Found(s, diagnosis));
            }
        }

        var diagnoses = found is null ? [] : DiagnosisOrder.Arrange(LinkSymptoms(found, facts, ref failed));
        return new DiagnosticReport
        {
            SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
            CapturedAt = snapshot.CapturedAt,
            Status = StatusOf(diagnoses, snapshot),
            Diagnoses = diagnoses,
            Unknowns = UnknownSections.Of(facts, failed),
            Escalation = EscalationRules.Apply(diagnoses, snapshot),
        };
    }

    /// <summary>A diagnosis, its scenario's place in the table, and what it explains.</summary>
    internal sealed class Found(int index, Diagnosis diagnosis)
    {
        public int Index => index;

        public Diagnosis Diagnosis { get; set; } = diagnosis;

        public List<Found> Explains { get; } = [];
    }

    private Diagnosis? Diagnose(int index, FleetFacts facts, ref List<UnknownEvidence>? failed)
    {
        var scenario = _scenarios[index];
        if (index < BuiltInScenarios.All.Count)
        {
            return scenario.Diagnose(facts);
        }

        try
        {
            var diagnosis = scenario.Diagnose(facts);
            if (diagnosis is null || diagnosis.Code == scenario.Code)
            {
                return diagnosis;
            }

            AddFailure(scenario, $"returned a diagnosis with the code '{diagnosis.Code}'", ref failed);
        }
        catch (Exception exception)
        {
            AddFailure(scenario, $"threw {exception.GetType().Name}", ref failed);
        }

        return null;
    }

    private List<Found> LinkSymptoms(List<Found> found, FleetFacts facts, ref List<UnknownEvidence>? failed)
    {
        foreach (var symptom in found)
        {
            List<string>? symptomOf = null;
            foreach (var other in found)
            {
                if (other != symptom && Explains(other, symptom, facts, ref failed))
                {
                    (symptomOf ??= []).Add(other.Diagnosis.Code);
                    other.Explains.Add(symptom);
                }
            }

            if (symptomOf is not null || symptom.Diagnosis.SymptomOf.Count > 0)
            {
                symptom.Diagnosis = symptom.Diagnosis with { SymptomOf = symptomOf ?? [] };
            }
        }

        return found;
    }

    private bool Explains(Found cause, Found symptom, FleetFacts facts, ref List<UnknownEvidence>? failed)
    {
        if (cause.Diagnosis.Severity == Severity.Info || symptom.Diagnosis.Severity == Severity.Info)
        {
            return false;
        }

        try
        {
            return !_scenarios[symptom.Index].StandsAlone(symptom.Diagnosis)
                && _scenarios[cause.Index].Explains(cause.Diagnosis, symptom.Diagnosis, facts);
        }
        catch (Exception exception) when (Math.Max(cause.Index, symptom.Index) >= BuiltInScenarios.All.Count)
        {
            var own = cause.Index >= BuiltInScenarios.All.Count ? cause : symptom;
            AddFailure(_scenarios[own.Index], $"threw {exception.GetType().Name} when asked what explains what", ref failed);
            return false;
        }
    }

    private static void AddFailure(IScenario scenario, string what, ref List<UnknownEvidence>? failed)
    {
        var section = $"scenario:{scenario.Code}";
        failed ??= [];
        if (!failed.Exists(f => f.Section == section))
        {
            failed.Add(new UnknownEvidence(section, $"the host's scenario {what}", [scenario.Code]));
        }
    }

    private static FleetStatus StatusOf(IReadOnlyList<Diagnosis> diagnoses, DiagnosticSnapshot snapshot)
    {
        var worst = Severity.Info;
        for (var d = 0; d < diagnoses.Count; d++)
        {
            worst = diagnoses[d].Severity > worst ? diagnoses[d].Severity : worst;
        }

        return worst switch
        {
            Severity.Critical => FleetStatus.Unhealthy,
            Severity.Warning => FleetStatus.Degraded,
            _ => snapshot.Workers.IsKnown && snapshot.Queue.IsKnown ? FleetStatus.Healthy : FleetStatus.Inconclusive,
        };
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex CodeShape();
}
