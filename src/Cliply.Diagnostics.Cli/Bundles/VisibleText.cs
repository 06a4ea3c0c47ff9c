using System.Globalization;
using System.Text;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>Text with all that a terminal would obey made visible instead, so that a file can be shown on one and nothing of it is lost.</summary>
internal static class VisibleText
{
    private const char ControlPictures = '\u2400';

    /// <summary>The text with pictures of control characters, as in <c>␛[31m</c>, and marks of direction as <c>\u202e</c>; line breaks and tabs stay.</summary>
    public static string Of(string text)
    {
        var at = IndexOfHidden(text, 0);
        if (at < 0)
        {
            return text;
        }

        var visible = new StringBuilder(text.Length + 64);
        var from = 0;
        for (; at >= 0; at = IndexOfHidden(text, from))
        {
            visible.Append(text, from, at - from);
            visible.Append(text[at] switch
            {
                < ' ' => ((char)(ControlPictures + text[at])).ToString(),
                '\u007f' => "\u2421",
                _ => $"\\u{(int)text[at]:x4}",
            });
            from = at + 1;
        }

        return visible.Append(text, from, text.Length - from).ToString();
    }

    private static int IndexOfHidden(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (IsHidden(text[i]) && !(text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsHidden(char c) => c >= ' ' && c < '\u007f' ? false : c is not ('\n' or '\t') && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format;
}
