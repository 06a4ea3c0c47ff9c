using System.Globalization;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// Escapes that stand for what ends a value: line breaks, spaces, quotes, tags, ampersands. Where text is quoted, as in JSON, a value must
/// not be read over them; with its escapes resolved, the same text shows what they were.
/// </summary>
internal static class EscapedMarks
{
    /// <summary>How far back a quote is looked for, in characters.</summary>
    private const int Near = 1_024;

    private static readonly string[] Entities = ["quot;", "lt;", "gt;", "nbsp;", "apos;", "amp;"];

    /// <summary>Whether the backslash or ampersand there begins such an escape.</summary>
    public static bool IsAt(ReadOnlySpan<char> text, int at)
    {
        if (text[at] == '&')
        {
            return IsEntity(text[(at + 1)..]);
        }

        var escaped = at;
        while (escaped < text.Length && text[escaped] == '\\')
        {
            escaped++;
        }

        if (escaped == at || escaped >= text.Length)
        {
            return false;
        }

        return text[escaped] switch
        {
            'n' or 'r' or 't' or '"' or '\'' or '`' => IsQuoted(text, at),

            // No password has six such characters of its own, so that no quote need stand near.
            'u' => ushort.TryParse(text.Slice(escaped + 1, Math.Min(4, text.Length - escaped - 1)), NumberStyles.AllowHexSpecifier, null, out var code) && IsMark((char)code),
            _ => false,
        };
    }

    /// <summary>Where the next such escape is; the end of the text where there is none.</summary>
    public static int Next(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && text[from..].IndexOfAny('\\', '&') is var next and >= 0)
        {
            from += next;
            if (IsAt(text, from))
            {
                return from;
            }

            // Past all backslashes: each of them would look for the same escape.
            from += Math.Max(1, text[from..].IndexOfAnyExcept('\\'));
        }

        return text.Length;
    }

    private static bool IsMark(char character) => char.IsWhiteSpace(character) || char.IsControl(character) || character is '"' or '\'' or '`' or '<' or '>' or '&';

    private static bool IsEntity(ReadOnlySpan<char> text)
    {
        if (text is ['#', .. var number])
        {
            var isHex = number is ['x' or 'X', ..];
            number = isHex ? number[1..] : number;
            var end = number[..Math.Min(7, number.Length)].IndexOf(';');
            return end > 0 && ushort.TryParse(number[..end], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code) && IsMark((char)code);
        }

        foreach (var entity in Entities)
        {
            if (text.StartsWith(entity, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a quote stands before it on its line: otherwise a backslash may be a password's own.</summary>
    private static bool IsQuoted(ReadOnlySpan<char> text, int at)
    {
        var before = text[Math.Max(0, at - Near)..at];
        before = before[(before.LastIndexOf('\n') + 1)..];
        return before.ContainsAny('"', '\'', '`');
    }
}
