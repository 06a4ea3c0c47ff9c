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
    /// <summary>For <see cref="AppendBody"/>, wherever it stands.</summary>
    internal const string Style = """

        :root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --line: #d0d7de; --back: #ffffff; --card: #f6f8fa; --bad: #b42318; --warn: #7a4d00; --good: #116329; --info: #0550ae; }
        @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9da7b3; --line: #3d444d; --back: #0d1117; --card: #161b22; --bad: #ff938a; --warn: #e9b949; --good: #6fdd8b; --info: #79c0ff; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
        h1 { font-size: 1.6rem; margin: 0 0 .25rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin: 0; line-height: 1.3; } h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; } h4 { font-size: .9rem; margin: .75rem 0 .25rem; color: var(--muted); }
        a { color: var(--info); } p { margin: .5rem 0; } ul { margin: .25rem 0; padding-left: 1.25rem; } li { margin: .25rem 0; }
        .muted { color: var(--muted); } .critical, .unhealthy { color: var(--bad); } .warning, .degraded, .inconclusive { color: var(--warn); } .info { color: var(--info); } .healthy { color: var(--good); }
        article, section.card { margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
        article.problem.critical { border-left: .35rem solid var(--bad); } article.problem.warning { border-left: .35rem solid var(--warn); } article.problem.info { border-left: .35rem solid var(--info); } article.problem { color: inherit; }
        .badge { display: inline-block; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .85rem; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
        pre { margin: .25rem 0; padding: .5rem; white-space: pre-wrap; border: 1px solid var(--line); border-radius: .25rem; background: var(--back); } code { font: .9em ui-monospace, monospace; }
        .command { margin: .5rem 0; } .changes { font-weight: 600; color: var(--warn); } summary { cursor: pointer; } details.symptoms { margin-top: 1rem; }
        @media (max-width: 40rem) { thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; } tr { display: block; padding: .25rem 0; border-bottom: 1px solid var(--line); } td { display: block; border: 0; padding: 0; } td:first-child { color: var(--muted); } td[data-label]::before { content: attr(data-label) ": "; color: var(--muted); } }
        @media print { article, section.card { border-color: #999; background: none; } h1, h2, h3, h4 { break-after: avoid-page; } section.card, .command, figure, pre, tr { break-inside: avoid-page; } }

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
        AppendBody(page, report);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>Writes all below the verdict: the problems as pages of the runbook, each with its symptoms folded under it, then whom to call and what is not known.</summary>
    internal static void AppendBody(StringBuilder page, DiagnosticReport report)
    {
        if (report.Diagnoses.Count == 0)
        {
            page.Append("<p>No diagnosis.</p>\n");
        }

        var placed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var diagnosis in report.Diagnoses.Where(d => d.SymptomOf.Count == 0))
        {
            Append(page, diagnosis, Symptoms(report, diagnosis, placed));
        }

        if (report.Escalation.Recommended)
        {
            page.Append("<section class=\"card\" id=\"escalation\">\n<h2>Escalate to engineering</h2>\n");
            AppendList(page, report.Escalation.Reasons);
            page.Append("<h3>Include</h3>\n");
            AppendList(page, report.Escalation.Include);
            page.Append("</section>\n");
        }

        if (report.Unknowns.Count > 0)
        {
            page.Append("<section class=\"card\" id=\"unknowns\">\n<h2>Not known</h2>\n");
            AppendList(page, report.Unknowns.Select(u => $"{u.Section}: {u.Reason}; would decide {string.Join(", ", u.WouldDecide)}"));
            page.Append("</section>\n");
        }
    }

    /// <summary>What a problem explains, directly or through others, and no problem before it does.</summary>
    private static List<Diagnosis> Symptoms(DiagnosticReport report, Diagnosis root, HashSet<string> placed)
    {
        var symptoms = new List<Diagnosis>();
        var causes = new Queue<string>([root.Code]);
        while (causes.TryDequeue(out var cause))
        {
            foreach (var symptom in report.Diagnoses.Where(d => d.SymptomOf.Contains(cause) && placed.Add(d.Code)))
            {
                symptoms.Add(symptom);
                causes.Enqueue(symptom.Code);
            }
        }

        return symptoms;
    }

    private static void Append(StringBuilder page, Diagnosis diagnosis, List<Diagnosis> symptoms)
    {
        var severity = ReportWords.Of(diagnosis.Severity);
        page.Append(CultureInfo.InvariantCulture, $"<article class=\"problem {severity}\" id=\"{Plain(diagnosis.Code)}\">\n<h2>{Plain(diagnosis.Title)}</h2>\n")
            .Append(CultureInfo.InvariantCulture, $"<p><span class=\"badge {severity}\">{severity}</span> <span class=\"badge\">{ReportWords.Of(diagnosis.Confidence)}</span> <code>{Plain(diagnosis.Code)}</code>");
        if (diagnosis.SymptomOf.Count > 0)
        {
            page.Append(" is a symptom of ").AppendJoin(", ", diagnosis.SymptomOf.Select(code => $"<a href=\"#{Plain(code)}\"><code>{Plain(code)}</code></a>"));
        }

        page.Append(CultureInfo.InvariantCulture, $"</p>\n<p><strong>{Plain(diagnosis.Summary)}</strong></p>\n<p>Impact: {Plain(diagnosis.Impact)}</p>\n");
        if (diagnosis.Evidence.Count > 0)
        {
            page.Append("<h3>Evidence</h3>\n<table>\n<thead><tr><th scope=\"col\">measured</th><th scope=\"col\">value</th><th scope=\"col\">expected</th><th scope=\"col\">source</th></tr></thead>\n<tbody>\n");
            foreach (var line in diagnosis.Evidence)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Plain(line.Metric)}</td><td data-label=\"value\">{Plain(line.Value)}</td><td data-label=\"expected\">{Plain(line.Expected)}</td><td data-label=\"source\">{Plain(line.Source)}</td></tr>\n");
            }

            page.Append("</tbody>\n</table>\n");
        }

        if (diagnosis.Causes.Count > 0)
        {
            page.Append("<h3>Why</h3>\n<ul>\n");
            foreach (var cause in diagnosis.Causes)
            {
                page.Append(CultureInfo.InvariantCulture, $"<li><span class=\"badge\">{ReportWords.Of(cause.Confidence)}</span> {Plain(cause.Title)} <code>{Plain(cause.Code)}</code>");
                if (cause.Evidence.Count > 0)
                {
                    page.Append('\n');
                    AppendList(page, cause.Evidence.Select(line => $"{line.Metric}: {line.Value} ({line.Source})"));
                }

                page.Append("</li>\n");
            }

            page.Append("</ul>\n");
        }

        if (diagnosis.NextChecks.Count > 0)
        {
            page.Append("<h3>Look next</h3>\n");
            AppendSteps(page, diagnosis.NextChecks.Select(c => (c.Question, c.Commands)));
        }

        if (diagnosis.Remediation.Count > 0)
        {
            page.Append("<h3>What to do</h3>\n");
            foreach (var horizon in diagnosis.Remediation.GroupBy(s => s.Horizon))
            {
                page.Append(CultureInfo.InvariantCulture, $"<h4>{ReportWords.Of(horizon.Key)}</h4>\n");
                AppendSteps(page, horizon.Select(s => (s.Action, s.Commands)));
            }
        }

        if (diagnosis.Verification.Count > 0)
        {
            page.Append("<h3>It worked when</h3>\n");
            AppendList(page, diagnosis.Verification);
        }

        if (diagnosis.Runbook is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"muted\">Runbook: {Plain(diagnosis.Runbook)}</p>\n");
        }

        if (symptoms.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<details class=\"symptoms\" id=\"{Plain(diagnosis.Code)}-symptoms\">\n<summary>{(symptoms.Count == 1 ? "1 symptom of it" : $"{symptoms.Count} symptoms of it")}: {Plain(string.Join(", ", symptoms.Select(s => s.Title)))}</summary>\n");
            foreach (var symptom in symptoms)
            {
                Append(page, symptom, []);
            }

            page.Append("</details>\n");
        }

        page.Append("</article>\n");
    }

    private static void AppendSteps(StringBuilder page, IEnumerable<(string Text, IReadOnlyList<RunbookCommand> Commands)> steps)
    {
        page.Append("<ul>\n");
        foreach (var (text, commands) in steps)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li>{Plain(text)}\n");
            foreach (var command in commands)
            {
                var changes = command.Effect == CommandEffect.Changing ? " <span class=\"changes\">changes something</span>" : "";
                page.Append(CultureInfo.InvariantCulture, $"<div class=\"command\" data-platform=\"{ReportWords.Of(command.Platform)}\"><span class=\"muted\">{ReportWords.Of(command.Platform)}</span>{changes}<pre><code>{Plain(command.Command)}</code></pre></div>\n");
            }

            page.Append("</li>\n");
        }

        page.Append("</ul>\n");
    }

    private static void AppendList(StringBuilder page, IEnumerable<string> items) =>
        page.Append("<ul>\n").AppendJoin("", items.Select(item => $"<li>{Plain(item)}</li>\n")).Append("</ul>\n");

    internal static string Plain(string text) => HtmlEncoder.Default.Encode(TextSanitizer.WithoutControlCharacters(text, 4_000));
}
