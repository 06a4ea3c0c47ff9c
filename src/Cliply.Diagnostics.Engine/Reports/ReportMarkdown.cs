using System.Text;

namespace Cliply.Diagnostics.Reports;

/// <summary>Writes a report as Markdown, to paste into an issue or a chat. Nothing in the evidence can add markup.</summary>
public static class ReportMarkdown
{
    /// <summary>Writes the whole report.</summary>
    /// <param name="report">The report.</param>
    public static string Write(DiagnosticReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append("# Fleet is ").Append(ReportWords.Of(report.Status)).Append("\n\nCaptured at ").Append(ReportWords.Of(report.CapturedAt)).Append(".\n");
        if (report.Diagnoses.Count == 0)
        {
            text.Append("\nNo diagnosis.\n");
        }

        foreach (var diagnosis in report.Diagnoses)
        {
            Append(text, diagnosis);
        }

        if (report.Escalation.Recommended)
        {
            text.Append("\n## Escalate to engineering\n\n");
            AppendList(text, report.Escalation.Reasons);
            text.Append("\nInclude:\n\n");
            AppendList(text, report.Escalation.Include);
        }

        if (report.Unknowns.Count > 0)
        {
            text.Append("\n## Not known\n\n");
            AppendList(text, report.Unknowns.Select(u => $"{u.Section}: {u.Reason}; would decide {string.Join(", ", u.WouldDecide)}"));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Diagnosis diagnosis)
    {
        text.Append("\n## ").Append(MarkdownText.Plain(diagnosis.Title)).Append(" (").Append(ReportWords.Of(diagnosis.Severity)).Append(", ").Append(ReportWords.Of(diagnosis.Confidence)).Append(")\n\n");
        text.Append(MarkdownText.Plain(diagnosis.Summary)).Append('\n');
        text.Append("\n- Code: `").Append(diagnosis.Code).Append("`\n");
        if (diagnosis.SymptomOf.Count > 0)
        {
            text.Append("- Symptom of: ").Append(string.Join(", ", diagnosis.SymptomOf.Select(c => $"`{c}`"))).Append('\n');
        }

        text.Append("- Impact: ").Append(MarkdownText.Plain(diagnosis.Impact)).Append('\n');
        if (diagnosis.Runbook is not null)
        {
            text.Append("- Runbook: ").Append(MarkdownText.Plain(diagnosis.Runbook)).Append('\n');
        }

        if (diagnosis.Evidence.Count > 0)
        {
            text.Append("\n| evidence | value | expected | source | at |\n| --- | --- | --- | --- | --- |\n");
            foreach (var line in diagnosis.Evidence)
            {
                text.Append("| ").Append(MarkdownText.Plain(line.Metric)).Append(" | ").Append(MarkdownText.Plain(line.Value)).Append(" | ").Append(MarkdownText.Plain(line.Expected))
                    .Append(" | ").Append(MarkdownText.Plain(line.Source)).Append(" | ").Append(ReportWords.Of(line.At)).Append(" |\n");
            }
        }

        if (diagnosis.Causes.Count > 0)
        {
            text.Append("\n### Causes\n\n");
            foreach (var cause in diagnosis.Causes)
            {
                text.Append("- **").Append(ReportWords.Of(cause.Confidence)).Append("** ").Append(MarkdownText.Plain(cause.Title)).Append(" (`").Append(cause.Code).Append("`)\n");
                foreach (var line in cause.Evidence)
                {
                    text.Append("  - ").Append(MarkdownText.Plain(line.Metric)).Append(": ").Append(MarkdownText.Plain(line.Value)).Append(" (").Append(MarkdownText.Plain(line.Source)).Append(")\n");
                }
            }
        }

        if (diagnosis.NextChecks.Count > 0)
        {
            text.Append("\n### Next checks\n");
            foreach (var check in diagnosis.NextChecks)
            {
                text.Append("\n- ").Append(MarkdownText.Plain(check.Question)).Append('\n');
                AppendCommands(text, check.Commands);
            }
        }

        if (diagnosis.Remediation.Count > 0)
        {
            text.Append("\n### What to do\n");
            foreach (var step in diagnosis.Remediation)
            {
                text.Append("\n- ").Append(ReportWords.Of(step.Horizon)).Append(": ").Append(MarkdownText.Plain(step.Action)).Append('\n');
                AppendCommands(text, step.Commands);
            }
        }

        if (diagnosis.Verification.Count > 0)
        {
            text.Append("\n### How to see that it worked\n\n");
            AppendList(text, diagnosis.Verification);
        }
    }

    private static void AppendCommands(StringBuilder text, IReadOnlyList<RunbookCommand> commands)
    {
        foreach (var command in commands)
        {
            text.Append("  - ").Append(ReportWords.Of(command.Platform)).Append(command.Effect == CommandEffect.Changing ? " (changes something): " : ": ")
                .Append(MarkdownText.Code(command.Command)).Append('\n');
        }
    }

    private static void AppendList(StringBuilder text, IEnumerable<string> items)
    {
        foreach (var item in items)
        {
            text.Append("- ").Append(MarkdownText.Plain(item)).Append('\n');
        }
    }
}
