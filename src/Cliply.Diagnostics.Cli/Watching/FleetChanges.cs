using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Watching;

/// <summary>Tells what one report says that the one before did not.</summary>
internal sealed class FleetChanges
{
    private readonly Dictionary<string, Severity> _known = new(StringComparer.Ordinal);
    private FleetStatus? _status;

    /// <summary>The changes since the last call; at the first, everything there is.</summary>
    public IReadOnlyList<FleetChange> Next(DiagnosticReport report)
    {
        var changes = new List<FleetChange>();
        if (_status != report.Status)
        {
            changes.Add(new FleetChange(report.CapturedAt, null, _status is null ? $"the fleet is {ReportWords.Of(report.Status)}" : $"the fleet is {ReportWords.Of(report.Status)}, was {ReportWords.Of(_status.Value)}"));
            _status = report.Status;
        }

        foreach (var diagnosis in report.Diagnoses)
        {
            if (!_known.TryGetValue(diagnosis.Code, out var before))
            {
                changes.Add(new FleetChange(report.CapturedAt, diagnosis.Severity, $"{diagnosis.Code} appeared: {diagnosis.Summary}"));
            }
            else if (before != diagnosis.Severity)
            {
                changes.Add(new FleetChange(report.CapturedAt, diagnosis.Severity, $"{diagnosis.Code} is {ReportWords.Of(diagnosis.Severity)}, was {ReportWords.Of(before)}: {diagnosis.Summary}"));
            }
        }

        foreach (var code in _known.Keys.Except(report.Diagnoses.Select(d => d.Code), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList())
        {
            changes.Add(new FleetChange(report.CapturedAt, null, $"{code} cleared"));
        }

        _known.Clear();
        foreach (var diagnosis in report.Diagnoses)
        {
            _known[diagnosis.Code] = diagnosis.Severity;
        }

        return changes;
    }
}
