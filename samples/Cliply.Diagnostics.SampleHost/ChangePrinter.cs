using System.Globalization;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.SampleHost;

/// <summary>Prints health and diagnosis when they change. A diagnosis must stay, or stay away, for as many readings as a health check.</summary>
internal sealed class ChangePrinter(TextWriter output, bool useColour, int readingsBeforeChange)
{
    private readonly Queue<Dictionary<string, Diagnosis>> _recent = new();
    private readonly Dictionary<string, Diagnosis> _active = new(StringComparer.Ordinal);
    private string _lastHealth = "";
    private long _lastReading;

    public void Note(string text) => Write("90", text);

    public void Show(HealthReport health, FleetReading reading)
    {
        var line = string.Join("  ", health.Entries.Select(e => $"{Mark(e.Value.Status)} {e.Key["cliply-".Length..]}"));
        if (line != _lastHealth)
        {
            _lastHealth = line;
            Write(Colour(health.Status), $"{health.Status,-9}  {line}");
            if (reading.Snapshot.Queue.Value is { } queue)
            {
                Write("90", $"           {queue.Runnable} waiting, {queue.Running} running, {queue.DeadLetter} dead letters");
            }
        }

        if (reading.Number != _lastReading)
        {
            _lastReading = reading.Number;
            ShowChanges(reading.Report);
        }
    }

    private void ShowChanges(DiagnosticReport report)
    {
        // Symptoms come and go with the problem that explains them; only the problems are news.
        var roots = report.Diagnoses.Where(d => d.SymptomOf.Count == 0).ToDictionary(d => d.Code, StringComparer.Ordinal);
        _recent.Enqueue(roots);
        if (_recent.Count > readingsBeforeChange)
        {
            _recent.Dequeue();
        }

        if (_recent.Count < readingsBeforeChange)
        {
            return;
        }

        foreach (var diagnosis in roots.Values.Where(d => _active.GetValueOrDefault(d.Code)?.Severity != d.Severity && _recent.All(r => r.GetValueOrDefault(d.Code)?.Severity == d.Severity)))
        {
            _active[diagnosis.Code] = diagnosis;
            ShowDiagnosis(diagnosis);
        }

        foreach (var diagnosis in _active.Values.Where(d => !_recent.Any(r => r.ContainsKey(d.Code))).ToList())
        {
            _active.Remove(diagnosis.Code);
            Write("32", $"  - cleared: {diagnosis.Title} ({diagnosis.Code})");
        }
    }

    private void ShowDiagnosis(Diagnosis diagnosis)
    {
        Write(Colour(diagnosis.Severity), $"  + {ReportWords.Of(diagnosis.Severity)}: {diagnosis.Title} ({diagnosis.Code}, {ReportWords.Of(diagnosis.Confidence)})");
        Write(null, $"      {diagnosis.Summary}");
        foreach (var cause in diagnosis.Causes.Take(3))
        {
            Write(null, $"      why: {cause.Title} ({ReportWords.Of(cause.Confidence)})");
        }

        if (diagnosis.Remediation is [var first, ..])
        {
            Write(null, $"      do:  {first.Action}");
        }
    }

    private void Write(string? colour, string text)
    {
        var time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        output.WriteLine(useColour && colour is not null ? $"{time}  \u001b[{colour}m{text}\u001b[0m" : $"{time}  {text}");
    }

    private static string Mark(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "!!",
        _ => "XX",
    };

    private static string Colour(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "32",
        HealthStatus.Degraded => "33",
        _ => "31",
    };

    private static string Colour(Severity severity) => severity switch
    {
        Severity.Critical => "31",
        Severity.Warning => "33",
        _ => "36",
    };
}
