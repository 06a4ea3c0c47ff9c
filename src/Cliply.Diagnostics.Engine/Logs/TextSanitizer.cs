using System.Text;
using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Logs;

/// <summary>Makes text from logs, errors and programs safe to publish: secrets masked, control characters gone, length bounded.</summary>
public static partial class TextSanitizer
{
    /// <summary>What stands in for a secret.</summary>
    public const string Mask = "‹secret›";

    /// <summary>Drops control characters, which could hide a secret, masks secrets, and cuts.</summary>
    /// <param name="text">The text; null gives null.</param>
    /// <param name="maxLength">The longest result in characters. Default 300.</param>
    public static string? Sample(string? text, int maxLength = 300) =>
        text is null ? null : WithoutControlCharacters(Redact(WithoutControlCharacters(text, 4 * maxLength)), maxLength);

    /// <summary>Masks what looks like a secret: credentials in URLs, passwords in connection strings, keys and tokens.</summary>
    /// <param name="text">The text.</param>
    public static string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = UrlCredentials().Replace(text, "$1" + Mask + "@");
        text = NamedSecrets().Replace(text, "$1" + Mask);
        text = Schemes().Replace(text, "$1" + Mask);
        return Tokens().Replace(text, Mask);
    }

    /// <summary>Turns runs of control characters, line breaks and invalid surrogates into one space, and cuts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The longest result in characters.</param>
    public static string WithoutControlCharacters(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        var result = new StringBuilder(Math.Min(text.Length, maxLength));
        var pendingSpace = false;
        foreach (var rune in EscapeSequences().Replace(text, "").EnumerateRunes())
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

    [GeneratedRegex(@"([a-z][a-z0-9+.-]*://)[^\s/?#""'<>]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UrlCredentials();

    [GeneratedRegex(@"((?:password|passwd|pwd|secret|token|api[_-]?key|apikey|service_role_key|authorization)""?\s*[=:]\s*(?:bearer\s+|basic\s+)?""?)[^\s;,&""'‹]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamedSecrets();

    [GeneratedRegex(@"(\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Schemes();

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}|sb_secret_[A-Za-z0-9_-]+|sbp_[A-Za-z0-9]{8,}|AKIA[A-Z0-9]{16}|sk_(?:live|test)_[A-Za-z0-9]{8,}|xox[abprs]-[A-Za-z0-9-]{8,}|AIza[A-Za-z0-9_-]{20,}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Tokens();
}
