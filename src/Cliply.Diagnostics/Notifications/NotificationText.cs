using System.Text;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Texts as they may leave the process: a host's own scenarios write what they like.</summary>
internal sealed class NotificationText(SecretRedactor redactor)
{
    /// <summary>On one line, without secrets, and not longer than <paramref name="maxLength"/>.</summary>
    public string Line(string text, int maxLength)
    {
        // A text that is cut ends with a mark, so that no half command is taken for a whole one.
        var line = TextSanitizer.Sample(text, maxLength + 1, redactor)!;
        return line.Length <= maxLength ? line : $"{TextSanitizer.WithoutControlCharacters(line, maxLength - 1)}…";
    }

    /// <summary>For Slack, whose control characters are &amp;, &lt; and &gt;: no link and no mention can be made of it.</summary>
    public static string ForSlack(string text, int maxLength)
    {
        var result = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => rune.ToString(),
            };
            if (result.Length + piece.Length > maxLength - 1)
            {
                return result.Append('…').ToString();
            }

            result.Append(piece);
        }

        return result.ToString();
    }
}
