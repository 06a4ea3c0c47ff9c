using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.HealthChecks;

/// <summary>
/// One view of the shared reading. Critical is the registration's failure status, warning and unknown are degraded. What it
/// says is safe to publish. Cancellation escapes: a caller that gives up is no unhealthy system.
/// </summary>
internal sealed class FleetHealthCheck(FleetHealthCheckDefinition definition, IFleetDiagnostics diagnostics, CliplyDiagnosticsOptions options) : IHealthCheck
{
    private readonly StatusHysteresis _hysteresis = new(options.ReadingsBeforeChange);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var reading = await diagnostics.DiagnoseAsync(cancellationToken).ConfigureAwait(false);
        var (status, description) = Judge(reading, context.Registration.FailureStatus);
        var held = _hysteresis.Apply(status, description, reading.Number);

        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["ageSeconds"] = reading.Age.TotalSeconds };
        foreach (var (key, value) in definition.Data(reading))
        {
            if (value is not null)
            {
                data[key] = value;
            }
        }

        return new HealthCheckResult(held.Status, held.Description, exception: null, data);
    }

    private (HealthStatus Status, string Description) Judge(FleetReading reading, HealthStatus failure)
    {
        var diagnoses = reading.Report.Diagnoses.Where(d => definition.Speaks(d.Code)).ToList();
        var worst = diagnoses.Count == 0 ? Severity.Info : diagnoses.Max(d => d.Severity);
        if (worst != Severity.Info)
        {
            return (worst == Severity.Critical ? failure : HealthStatus.Degraded, Describe(diagnoses.Where(d => d.Severity != Severity.Info)));
        }

        if (!options.LocalEvidence && definition.IsLocal)
        {
            return (HealthStatus.Healthy, $"Left out: LocalEvidence is false, so {definition.Subject} of this host does not count.");
        }

        foreach (var section in definition.Needs)
        {
            if (WhyUnknown(reading.Snapshot, section) is { } reason)
            {
                return (HealthStatus.Degraded, $"Not known: {definition.Subject} ({reason}).");
            }
        }

        if (definition.Unseen?.Invoke(reading.Snapshot) is { } unseen)
        {
            return (HealthStatus.Degraded, $"Not known: {unseen}.");
        }

        return (HealthStatus.Healthy, diagnoses.Count > 0 ? Describe(diagnoses) : definition.Fine(reading.Snapshot));
    }

    /// <summary>Summaries of the built-in scenarios hold numbers and names of variables and binaries, no host, path or secret; a host's own are its own words.</summary>
    private static string Describe(IEnumerable<Diagnosis> diagnoses) => string.Join(" ", diagnoses.Select(d => $"{d.Title}: {d.Summary}"));

    private static string? WhyUnknown(DiagnosticSnapshot snapshot, SnapshotSection section) => section switch
    {
        SnapshotSection.Workers => Why(snapshot.Workers),
        SnapshotSection.Queue => Why(snapshot.Queue),
        SnapshotSection.Binaries => Why(snapshot.Binaries),
        SnapshotSection.Database => Why(snapshot.Database),
        SnapshotSection.Environment => Why(snapshot.Environment),
        _ => throw new ArgumentOutOfRangeException(nameof(section), section, "No health check needs this section."),
    };

    private static string? Why<T>(Section<T> section)
        where T : class =>
        section.IsKnown ? null
        : section.Unavailable is { } failure ? failure.Code ?? "unavailable"
        : "not collected";
}
