using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// Label matchers as between the braces of PromQL. They are taken apart and written anew, so that whatever an option holds
/// stays a matcher and can't become another query.
/// </summary>
internal static class LabelMatchers
{
    /// <summary>Reads matchers.</summary>
    /// <param name="text">Such as <c>job="cliply", cluster!~'test.*'</c>.</param>
    /// <param name="matchers">The same with every value in double quotes; empty for no matchers.</param>
    /// <param name="problem">What is wrong, without the text.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? matchers, [NotNullWhen(false)] out string? problem)
    {
        var result = new StringBuilder();
        var at = 0;
        matchers = null;
        SkipBlanks(text, ref at);
        while (at < text.Length)
        {
            var name = Name(text, ref at);
            if (name.Length == 0)
            {
                problem = $"a label's name is missing at character {at + 1}";
                return false;
            }

            SkipBlanks(text, ref at);
            if (Operator(text, ref at) is not { } sign)
            {
                problem = $"the label {name} is not followed by =, !=, =~ or !~";
                return false;
            }

            SkipBlanks(text, ref at);
            if (Value(text, ref at) is not { } value)
            {
                problem = $"the value of the label {name} is not in quotes, or its quotes or escapes are broken";
                return false;
            }

            result.Append(result.Length == 0 ? "" : ",").Append(name).Append(sign).Append(Quoted(value));
            SkipBlanks(text, ref at);
            if (at < text.Length && text[at++] != ',')
            {
                problem = $"a comma is missing after the value of the label {name}";
                return false;
            }

            SkipBlanks(text, ref at);
        }

        matchers = result.ToString();
        problem = null;
        return true;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }
    }

    private static string Name(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_' || (at > start && char.IsAsciiDigit(text[at]))))
        {
            at++;
        }

        return text[start..at];
    }

    private static string? Operator(string text, ref int at)
    {
        foreach (var sign in (ReadOnlySpan<string>)["=~", "!~", "!=", "="])
        {
            if (text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal))
            {
                at += sign.Length;
                return sign;
            }
        }

        return null;
    }

    /// <summary>A string in double or single quotes with Go's escapes, or in backquotes without any.</summary>
    private static string? Value(string text, ref int at)
    {
        if (at >= text.Length || text[at] is not ('"' or '\'' or '`'))
        {
            return null;
        }

        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length)
        {
            var c = text[at++];
            if (c == quote)
            {
                return value.ToString();
            }

            if (c == '\n' && quote != '`')
            {
                return null;
            }

            if (c != '\\' || quote == '`')
            {
                value.Append(c);
            }
            else if (!Escape(text, ref at, quote, value))
            {
                return null;
            }
        }

        return null;
    }

    private static bool Escape(string text, ref int at, char quote, StringBuilder value)
    {
        if (at >= text.Length)
        {
            return false;
        }

        var c = text[at++];
        switch (c)
        {
            case '\\':
                value.Append('\\');
                return true;
            case 'n':
                value.Append('\n');
                return true;
            case 't':
                value.Append('\t');
                return true;
            case 'r':
                value.Append('\r');
                return true;
            case 'u' when at + 4 <= text.Length && ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && !char.IsSurrogate((char)code):
                at += 4;
                value.Append((char)code);
                return true;
            default:
                value.Append(c);
                return c == quote;
        }
    }

    private static string Quoted(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
