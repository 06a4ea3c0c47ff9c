using System.Globalization;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Watching;

/// <summary>What <c>cliply watch</c> shows of the last readings.</summary>
internal static class WatchPage
{
    private const int SparklineWidth = 60;

    public static Page Of(DiagnosticReport report, IReadOnlyList<WatchedNumbers> rows, IReadOnlyList<FleetChange> log, TimeSpan interval)
    {
        var page = new Page()
            .Line(Span.Strong("The fleet is"), Words.Of(report.Status), Span.Muted($"at {ReportWords.Of(report.CapturedAt)}, every {interval.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s, Ctrl+C ends"));
        foreach (var diagnosis in report.Diagnoses.Where(d => d.SymptomOf.Count == 0))
        {
            page.Line(Words.Of(diagnosis.Severity), Span.Strong(diagnosis.Title), diagnosis.Summary, Span.Muted($"(cliply explain {diagnosis.Code})"));
        }

        page.Heading($"Last {Wording.Duration(interval * rows.Count)}").Facts(
            ("workers", Row(rows, r => r.Workers)),
            ("backlog", Row(rows, r => r.Backlog)),
            ("dead letters", Row(rows, r => r.DeadLetters)));
        page.Heading("Changes");
        foreach (var change in log.Reverse())
        {
            page.Line(Span.Muted(change.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)), new(change.Text, change.Severity is { } severity ? Words.ToneOf(severity) : Tone.Normal));
        }

        return page;
    }

    private static Span[] Row(IReadOnlyList<WatchedNumbers> rows, Func<WatchedNumbers, long?> pick)
    {
        List<long?> values = [.. rows.Select(pick)];
        return [new(Sparkline.Of(values, SparklineWidth, Terminal.HasUnicode), Tone.Code), Words.Count(values[^1])];
    }
}
