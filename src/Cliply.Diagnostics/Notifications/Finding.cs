using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Notifications;

/// <summary>A diagnosis that nothing explains, with what it explains.</summary>
/// <param name="Diagnosis">As it was last seen.</param>
/// <param name="Severity">How bad it is; not that of a reading that could not tell.</param>
/// <param name="Lead">The most credible cause, likewise; null where there is none.</param>
/// <param name="Symptoms">The diagnoses that it explains, directly or through others, by their codes.</param>
internal sealed record Finding(Diagnosis Diagnosis, Severity Severity, Cause? Lead, IReadOnlyList<Diagnosis> Symptoms);
