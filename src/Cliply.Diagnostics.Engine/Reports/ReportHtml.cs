using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Reports;

/// <summary>
/// Writes a report as one HTML page that needs nothing else: no script, no request, readable on a phone, in light and dark,
/// and in print. Nothing in the evidence can add markup.
/// </summary>
public static class ReportHtml
{
    private const string Style = """

        :root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --back: #ffffff; --card: #f6f8fa; --bad: #b42318; --warn: #7a4d00; --good: #116329; --info: #0550ae; }
        @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9da7b3; --line: #3d444d; --back: #0d1117; --card: #161b22; --bad: #ff938a; --warn: #e9b949; --good: #6fdd8b; --info: #79c0ff; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 0; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
        .muted { color: var(--muted); } .critical, .unhealthy { color: var(--bad); } .warning, .degraded, .inconclusive { color: var(--warn); } .info { color: var(--info); } .healthy { color: var(--good); }
        article, section.card { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
        pre { margin: .25rem 0; padding: .5rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .25rem; background: var(--back); } code { font: .9em ui-monospace, monospace; }
        ul { margin: .25rem 0; padding-left: 1.25rem; } .changes { font-weight: 600; color: var(--warn); }
        @media print { article, section.card { break-inside: avoid; border-color: #999; } }

        """;

    private static readonly string StyleHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style.ReplaceLineEndings("\n"))));

    /// <summary>Writes the whole page.</summary>
    /// <param name="report">The report.</param>
    public static string Write(DiagnosticReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{StyleHash}'\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>Fleet {ReportWords.Of(report.Status)}</title>\n<style>{Style.ReplaceLineEndings("\n")}</style>\n</head>\n<body>\n<main>\n")
            .Append(CultureInfo.InvariantCulture, $"<h1>The fleet is <span class=\"{ReportWords.Of(report.Status)}\">{ReportWords.Of(report.Status)}</span></h1>\n<p class=\"muted\">Captured at {ReportWords.Of(report.CapturedAt)}.</p>\n");
        if (report.Diagnoses.Count == 0)
        {
            page.Append("<p>No diagnosis.</p>\n");
        }

        var roots = report.Diagnoses.Where(d => d.SymptomOf.Count == 0).ToList();
        foreach (var diagnosis in roots)
        {
            Append(page, diagnosis);
        }

        var symptoms = report.Diagnoses.Where(d => d.SymptomOf.Count > 0).ToList();
        if (symptoms.Count > 0)
        {
            page.Append("<h2>Explained by the above</h2>\n");
            foreach (var symptom in symptoms)
            {
                Append(page, symptom);
            }
        }

        if (report.Escalation.Recommended)
        {
            page.Append("<section class=\"card\">\n<h2>Escalate to engineering</h2>\n");
            AppendList(page, report.Escalation.Reasons);
            page.Append("<h3>Include</h3>\n");
            AppendList(page, report.Escalation.Include);
            page.Append("</section>\n");
        }

        if (report.Unknowns.Count > 0)
        {
            page.Append("<section class=\"card\">\n<h2>Not known</h2>\n");
            AppendList(page, report.Unknowns.Select(u => $"{u.Section}: {u.Reason}; would decide {string.Join(", ", u.WouldDecide)}"));
            page.Append("</section>\n");
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Append(StringBuilder page, Diagnosis diagnosis)
    {
        var severity = ReportWords.Of(diagnosis.Severity);
        page.Append(CultureInfo.InvariantCulture, $"<article id=\"{Plain(diagnosis.Code)}\">\n<h2>{Plain(diagnosis.Title)} <span class=\"{severity}\">({severity}, {ReportWords.Of(diagnosis.Confidence)})</span></h2>\n")
            .Append(CultureInfo.InvariantCulture, $"<p>{Plain(diagnosis.Summary)}</p>\n<p class=\"muted\"><code>{Plain(diagnosis.Code)}</code>");
        if (diagnosis.SymptomOf.Count > 0)
        {
            page.Append(" is a symptom of ").AppendJoin(", ", diagnosis.SymptomOf.Select(code => $"<a href=\"#{Plain(code)}\"><code>{Plain(code)}</code></a>"));
        }

        page.Append(CultureInfo.InvariantCulture, $"</p>\n<p>Impact: {Plain(diagnosis.Impact)}</p>\n");
        if (diagnosis.Evidence.Count > 0)
        {
            page.Append("<div class=\"scroll\"><table>\n<thead><tr><th>evidence</th><th>value</th><th>expected</th><th>source</th></tr></thead>\n<tbody>\n");
            foreach (var line in diagnosis.Evidence)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Plain(line.Metric)}</td><td>{Plain(line.Value)}</td><td>{Plain(line.Expected)}</td><td>{Plain(line.Source)}</td></tr>\n");
            }

            page.Append("</tbody>\n</table></div>\n");
        }

        if (diagnosis.Causes.Count > 0)
        {
            page.Append("<h3>Why</h3>\n<ul>\n");
            foreach (var cause in diagnosis.Causes)
            {
                page.Append(CultureInfo.InvariantCulture, $"<li><strong>{ReportWords.Of(cause.Confidence)}</strong> {Plain(cause.Title)} <code>{Plain(cause.Code)}</code>");
                if (cause.Evidence.Count > 0)
                {
                    page.Append('\n');
                    AppendList(page, cause.Evidence.Select(line => $"{line.Metric}: {line.Value} ({line.Source})"));
                }

                page.Append("</li>\n");
            }

            page.Append("</ul>\n");
        }

        AppendSteps(page, "Look next", diagnosis.NextChecks.Select(c => (c.Question, c.Commands)));
        AppendSteps(page, "What to do", diagnosis.Remediation.Select(s => ($"{ReportWords.Of(s.Horizon)}: {s.Action}", s.Commands)));
        if (diagnosis.Verification.Count > 0)
        {
            page.Append("<h3>It worked when</h3>\n");
            AppendList(page, diagnosis.Verification);
        }

        if (diagnosis.Runbook is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"muted\">Runbook: {Plain(diagnosis.Runbook)}</p>\n");
        }

        page.Append("</article>\n");
    }

    private static void AppendSteps(StringBuilder page, string title, IEnumerable<(string Text, IReadOnlyList<RunbookCommand> Commands)> steps)
    {
        var isFirst = true;
        foreach (var (text, commands) in steps)
        {
            page.Append(isFirst ? $"<h3>{title}</h3>\n<ul>\n" : "").Append(CultureInfo.InvariantCulture, $"<li>{Plain(text)}\n");
            foreach (var command in commands)
            {
                page.Append(CultureInfo.InvariantCulture, $"<div><span class=\"muted\">{ReportWords.Of(command.Platform)}</span>{(command.Effect == CommandEffect.Changing ? " <span class=\"changes\">changes something</span>" : "")}<pre><code>{Plain(command.Command)}</code></pre></div>\n");
            }

            page.Append("</li>\n");
            isFirst = false;
        }

        page.Append(isFirst ? "" : "</ul>\n");
    }

    private static void AppendList(StringBuilder page, IEnumerable<string> items) =>
        page.Append("<ul>\n").AppendJoin("", items.Select(item => $"<li>{Plain(item)}</li>\n")).Append("</ul>\n");

    private static string Plain(string text) => HtmlEncoder.Default.Encode(TextSanitizer.WithoutControlCharacters(text, 4_000));
}
