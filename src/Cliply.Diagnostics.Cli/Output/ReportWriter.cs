using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Writes a report to standard output.</summary>
internal static class ReportWriter
{
    public static async Task WriteAsync(DiagnosticReport report, OutputFormat output, CancellationToken cancellationToken)
    {
        switch (output)
        {
            case OutputFormat.Json:
                await AnswerWriter.WriteJsonAsync(ReportJson.Write(report, indented: true), cancellationToken);
                break;
            case OutputFormat.Markdown:
                await Console.Out.WriteAsync(ReportMarkdown.Write(report).AsMemory(), cancellationToken);
                break;
            case OutputFormat.GitHub:
                await AnswerWriter.WriteAnnotationsAsync(Annotations(report));
                break;
            default:
                await Terminal.WriteAsync(console => ReportTable.Write(console, report), cancellationToken);
                break;
        }
    }

    /// <summary>One for each root problem; an inconclusive fleet is not silent.</summary>
    public static IReadOnlyList<Annotation> Annotations(DiagnosticReport report)
    {
        List<Annotation> annotations = [.. report.Diagnoses.Where(d => d.SymptomOf.Count == 0).Select(d => new Annotation(d.Severity, d.Title, $"{d.Summary} ({d.Code})"))];
        if (report.Status == FleetStatus.Inconclusive)
        {
            annotations.Add(new Annotation(Severity.Warning, "Fleet inconclusive", $"Not known: {string.Join(", ", report.Unknowns.Select(u => $"{u.Section} ({u.Reason})"))}."));
        }

        return annotations;
    }
}
