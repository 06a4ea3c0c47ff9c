using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Logging;

/// <summary>Logs a change of the fleet's state once, not every reading.</summary>
internal sealed class ReportChangeLog(ILogger logger)
{
    private FleetStatus? _status;
    private Dictionary<string, Severity> _active = [];

    /// <summary>Takes the next report in; called by one reading at a time.</summary>
    public void Observe(DiagnosticReport report)
    {
        var active = new Dictionary<string, Severity>(StringComparer.Ordinal);
        foreach (var diagnosis in report.Diagnoses)
        {
            active[diagnosis.Code] = diagnosis.Severity;
            if (_active.TryGetValue(diagnosis.Code, out var before) && before == diagnosis.Severity)
            {
                continue;
            }

            if (diagnosis.Severity == Severity.Info)
            {
                DiagnosticsLog.DiagnosisNoted(logger, diagnosis.Code, diagnosis.Summary);
            }
            else
            {
                DiagnosticsLog.DiagnosisAppeared(logger, diagnosis.Code, Lower(diagnosis.Severity), diagnosis.Summary);
            }
        }

        foreach (var code in _active.Keys.Where(code => !active.ContainsKey(code)).Order(StringComparer.Ordinal))
        {
            DiagnosticsLog.DiagnosisCleared(logger, code);
        }

        if (_status != report.Status)
        {
            var codes = report.Diagnoses.Count == 0 ? "no diagnosis" : string.Join(", ", report.Diagnoses.Select(d => d.Code));
            if (report.Status == FleetStatus.Healthy)
            {
                DiagnosticsLog.FleetBetter(logger, Lower(report.Status), codes);
            }
            else
            {
                DiagnosticsLog.FleetWorse(logger, Lower(report.Status), codes);
            }
        }

        _status = report.Status;
        _active = active;
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
