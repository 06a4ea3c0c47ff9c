using System.Globalization;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.SampleHost;

/// <summary>Prints health and diagnosis when they change.</summary>
internal sealed class ChangePrinter(TextWriter output, bool useColour)
{
    private string _lastHealth = "";
    private Dictionary<string, Diagnosis> _active = [];

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

        // Symptoms come and go with the problem that explains them; only the problems are news.
        var roots = reading.Report.Diagnoses.Where(d => d.SymptomOf.Count == 0).ToDictionary(d => d.Code, StringComparer.Ordinal);
        foreach (var diagnosis in roots.Values.Where(d => _active.GetValueOrDefault(d.Code)?.Severity != d.Severity))
        {
            ShowDiagnosis(diagnosis);
        }

        foreach (var diagnosis in _active.Values.Where(d => !roots.ContainsKey(d.Code)))
        {
            Write("32", $"  - cleared: {diagnosis.Title} ({diagnosis.Code})");
        }

        _active = roots;
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
