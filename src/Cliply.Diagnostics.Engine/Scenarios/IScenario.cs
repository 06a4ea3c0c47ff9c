using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Scenarios;

/// <summary>
/// A condition of the fleet that the runbook has a page for. Hosts add their own; they take part in ordering, symptoms
/// and status like the built-in ones. A scenario is pure: the same facts always give the same diagnosis, and it reads
/// no clock, file, network or environment.
/// </summary>
public interface IScenario
{
    /// <summary>Lower-case words joined by hyphens; unique among all scenarios.</summary>
    string Code { get; }

    /// <summary>Holds the condition against the facts.</summary>
    /// <param name="facts">The snapshot and what follows from it.</param>
    /// <returns>The filled-in page, or null where the condition does not hold. <see cref="Diagnosis.SymptomOf"/> is filled in by the classifier.</returns>
    Diagnosis? Diagnose(FleetFacts facts);

    /// <summary>
    /// Whether this scenario's diagnosis explains another one, so that the other becomes its symptom. Not asked where
    /// one of the two is only an info. Default: it explains nothing.
    /// </summary>
    /// <param name="own">This scenario's diagnosis.</param>
    /// <param name="other">Another scenario's diagnosis.</param>
    /// <param name="facts">The snapshot and what follows from it.</param>
    bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => false;

    /// <summary>Whether the diagnosis is a root problem whatever else is found. Default: no.</summary>
    /// <param name="own">This scenario's diagnosis.</param>
    bool StandsAlone(Diagnosis own) => false;
}
