using System.Text;
using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Analyzers.Secrets;

/// <summary>Recognises the secrets that hosts of this library have, in text as the source holds it.</summary>
internal static class SecretText
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private static readonly Regex ServiceKey = new("sb_secret_(?<secret>[A-Za-z0-9_-]{8,})", RegexOptions.CultureInvariant, Timeout);

    private static readonly Regex WebToken = new(@"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]+\.(?<payload>[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+", RegexOptions.CultureInvariant, Timeout);

    private static readonly Regex Url = new("postgres(?:ql)?://[^:/?#@\\s]*:(?<secret>[^@/?#\\s]+)@", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, Timeout);

    private static readonly Regex NamedPassword = new("(?:^|;)\\s*(?:password|pwd|psw)\\s*=\\s*(?<secret>'[^']*'|\"[^\"]*\"|[^;]*)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, Timeout);

    private static readonly Regex OtherKey = new("(?:^|;)\\s*(?:host|server|data source|username|user name|user id|userid|uid|database|port)\\s*=", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, Timeout);

    /// <summary>Whether a part of a text is worth a closer look at the whole.</summary>
    public static bool MayBePart(string text) =>
        text.Length >= 4
        && (text.IndexOf("sb_secret_", StringComparison.Ordinal) >= 0
            || text.IndexOf("eyJ", StringComparison.Ordinal) >= 0
            || text.IndexOf("postgres", StringComparison.OrdinalIgnoreCase) >= 0
            || text.IndexOf("password", StringComparison.OrdinalIgnoreCase) >= 0
            || text.IndexOf("pwd", StringComparison.OrdinalIgnoreCase) >= 0
            || text.IndexOf("psw", StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary>What kind of secret the text holds; null: none. What is known only when the program runs is given as a hole.</summary>
    public static string? Find(string text)
    {
        if (ServiceKey.Match(text) is { Success: true } key && !IsPlaceholder(key.Groups["secret"].Value))
        {
            return "A Supabase service-role key";
        }

        foreach (Match token in WebToken.Matches(text))
        {
            if (Decode(token.Groups["payload"].Value) is { } payload && Regex.IsMatch(payload, "\"role\"\\s*:\\s*\"service_role\"", RegexOptions.CultureInvariant, Timeout))
            {
                return "A token with the role service_role";
            }
        }

        if (Url.Match(text) is { Success: true } url && !IsPlaceholder(url.Groups["secret"].Value))
        {
            return "A PostgreSQL URL with a password";
        }

        return NamedPassword.Match(text) is { Success: true } password && OtherKey.IsMatch(text) && !IsPlaceholder(password.Groups["secret"].Value.Trim('\'', '"', ' '))
            ? "A connection string with a password"
            : null;
    }

    /// <summary>Stands for what is known only when the program runs.</summary>
    public const char Hole = '\uFFFC';

    private static bool IsPlaceholder(string secret) =>
        secret.Length == 0
        || secret.IndexOf(Hole) >= 0
        || secret[0] is '<' or '{' or '$' or '%' or '['
        || secret.All(c => c is '*' or 'x' or 'X' or '.' or '…' or '_' or '-');

    private static string? Decode(string base64Url)
    {
        var text = base64Url.Replace('-', '+').Replace('_', '/');
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
