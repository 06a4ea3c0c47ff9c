using System.Text;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Logs;

/// <summary>Makes text from logs, errors and programs safe to publish: secrets replaced, control characters gone, length bounded.</summary>
public static partial class TextSanitizer
{
    /// <summary>Drops control characters, which could hide a secret, replaces secrets, and cuts.</summary>
    /// <param name="text">The text; null gives null.</param>
    /// <param name="maxLength">The longest result in characters. Default 300.</param>
    /// <param name="redactor">Finds the secrets; null: one that knows none, and finds them by their names and forms.</param>
    /// <param name="isCut">Whether the text goes on where it was read. Then 512 characters at its end, or as many as the longest secret has, are left out, so that no half secret is shown.</param>
    public static string? Sample(string? text, int maxLength = 300, SecretRedactor? redactor = null, bool isCut = false)
    {
        if (text is null)
        {
            return null;
        }

        redactor ??= SecretRedactor.PatternsOnly;
        var most = (4 * maxLength) + redactor.Unsure;
        var plain = WithoutControlCharacters(text, most);

        // The last character may have been one that takes two, behind a space.
        var limit = isCut || plain.Length >= most - 2 ? Math.Max(0, plain.Length - redactor.Unsure) : plain.Length;
        return WithoutControlCharacters(redactor.Redact(plain, limit), maxLength);
    }

    /// <summary>Replaces secrets: credentials in URLs, passwords in connection strings, keys and tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="redactor">Finds the secrets; null: one that knows none, and finds them by their names and forms.</param>
    public static string Redact(string text, SecretRedactor? redactor = null) => (redactor ?? SecretRedactor.PatternsOnly).Redact(text);

    /// <summary>Turns runs of control characters, line breaks and invalid surrogates into one space, and cuts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The longest result in characters.</param>
    public static string WithoutControlCharacters(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder(Math.Min(text.Length, maxLength));
        var pendingSpace = false;
        var visible = text.Contains('\x1B') ? EscapeSequences().Replace(text, "") : text;
        foreach (var rune in visible.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || rune == Rune.ReplacementChar || IsInvisible(rune))
            {
                pendingSpace = result.Length > 0;
                continue;
            }

            if (result.Length + (pendingSpace ? 1 : 0) + rune.Utf16SequenceLength > maxLength)
            {
                break;
            }

            if (pendingSpace)
            {
                result.Append(' ');
                pendingSpace = false;
            }

            result.Append(rune);
        }

        return result.ToString();
    }

    /// <summary>Marks that change the direction of text, and other format characters that show nothing.</summary>
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format;

    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)?|[@-Z\\-_])", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex EscapeSequences();
}
