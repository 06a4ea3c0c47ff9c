using System.Text;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Reports;

/// <summary>Text of the evidence in Markdown, to which it can add no markup.</summary>
internal static class MarkdownText
{
    private const int MaxLength = 4_000;

    /// <summary>Text on one line in which no character means anything to Markdown or HTML.</summary>
    public static string Plain(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in TextSanitizer.WithoutControlCharacters(value, MaxLength))
        {
            switch (c)
            {
                case '<':
                    text.Append("&lt;");
                    break;
                case '>':
                    text.Append("&gt;");
                    break;
                case '&':
                    text.Append("&amp;");
                    break;
                case '\\' or '`' or '*' or '_' or '[' or ']' or '|' or '~' or '!':
                    text.Append('\\').Append(c);
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Text on one line as code, fenced by more backticks than it holds.</summary>
    public static string Code(string value)
    {
        var line = TextSanitizer.WithoutControlCharacters(value, MaxLength);
        var fence = new string('`', LongestRun(line) + 1);
        return line.StartsWith('`') || line.EndsWith('`') ? $"{fence} {line} {fence}" : $"{fence}{line}{fence}";
    }

    /// <summary>How many backticks follow each other at most.</summary>
    public static int LongestRun(string text)
    {
        var longest = 0;
        var run = 0;
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
