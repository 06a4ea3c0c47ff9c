using System.Text;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Writes a page as Markdown.</summary>
internal static class PageMarkdown
{
    public static string Write(Page page)
    {
        var text = new StringBuilder();
        Page.Block? before = null;
        foreach (var block in page.Blocks)
        {
            if (before is not null && !(before is Page.Block.Step && block is Page.Block.Step))
            {
                text.Append('\n');
            }

            switch (block)
            {
                case Page.Block.Heading heading:
                    text.Append(before is null ? "# " : "## ").Append(MarkdownText.Plain(heading.Text)).Append('\n');
                    break;
                case Page.Block.Line line:
                    text.Append(Spans(line.Spans)).Append('\n');
                    break;
                case Page.Block.Facts facts:
                    foreach (var (name, value) in facts.Items)
                    {
                        text.Append("- ").Append(MarkdownText.Plain(name)).Append(": ").Append(Spans(value)).Append('\n');
                    }

                    break;
                case Page.Block.Table table:
                    Append(text, table);
                    break;
                case Page.Block.Code code:
                    var fence = new string('`', Math.Max(3, code.Lines.Max(MarkdownText.LongestRun) + 1));
                    text.Append(fence).Append('\n').AppendJoin('\n', code.Lines).Append('\n').Append(fence).Append('\n');
                    break;
                case Page.Block.Step step:
                    text.Append("- ").Append(Spans(step.Text)).Append('\n');
                    foreach (var command in step.Commands)
                    {
                        text.Append("  - ").Append(ReportWords.Of(command.Platform)).Append(command.Effect == CommandEffect.Changing ? " (changes something): " : ": ")
                            .Append(MarkdownText.Code(command.Command)).Append('\n');
                    }

                    break;
            }

            before = block;
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Page.Block.Table table)
    {
        text.Append("| ").AppendJoin(" | ", table.Columns.Select(c => MarkdownText.Plain(c.Title))).Append(" |\n");
        text.Append("| ").AppendJoin(" | ", table.Columns.Select(c => c.IsNumber ? "---:" : "---")).Append(" |\n");
        foreach (var row in table.Rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(cell => Spans([cell]))).Append(" |\n");
        }
    }

    private static string Spans(IEnumerable<Span> spans) => string.Join(' ', spans.Where(s => s.Text.Length > 0).Select(s => s.Tone switch
    {
        Tone.Strong => $"**{MarkdownText.Plain(s.Text)}**",
        Tone.Code => MarkdownText.Code(s.Text),
        _ => MarkdownText.Plain(s.Text),
    }));
}
