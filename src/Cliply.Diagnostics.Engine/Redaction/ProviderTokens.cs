using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Tokens that their provider's prefix gives away, webhook URLs, Discord's bot tokens, and what follows Bearer and Basic.</summary>
internal static class ProviderTokens
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    private static readonly SearchValues<char> DottedCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    private static readonly SearchValues<char> Base64Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=");
    private static readonly SearchValues<char> SchemeTokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=._~-");
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/");

    private static readonly SearchValues<char> TokenMarks = SearchValues.Create("+/=._~-");
    private static readonly SearchValues<char> Filler = SearchValues.Create("xX*.-_");
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t+:");

    private static readonly Prefix[] Prefixes =
    [
        new("sb_secret_", 4, TokenCharacters), new("sbp_", 8, TokenCharacters),
        new("sntrys_", 8, Base64Characters), new("sntryu_", 8, TokenCharacters), new("sntrya_", 8, TokenCharacters), new("sntryi_", 8, TokenCharacters),
        new("sk_live_", 8, TokenCharacters), new("sk_test_", 8, TokenCharacters), new("rk_live_", 8, TokenCharacters), new("rk_test_", 8, TokenCharacters), new("whsec_", 8, Base64Characters),
        new("AIza", 20, TokenCharacters), new("ya29.", 10, DottedCharacters), new("GOCSPX-", 10, TokenCharacters), new("1//0", 20, TokenCharacters),
        new("xoxb-", 8, TokenCharacters), new("xoxp-", 8, TokenCharacters), new("xoxa-", 8, TokenCharacters), new("xoxr-", 8, TokenCharacters), new("xoxs-", 8, TokenCharacters),
        new("xoxc-", 8, TokenCharacters), new("xoxd-", 8, Base64Characters), new("xoxe-", 8, TokenCharacters), new("xoxe.", 8, DottedCharacters), new("xapp-", 8, TokenCharacters),
        new("ghp_", 16, TokenCharacters), new("gho_", 16, TokenCharacters), new("ghu_", 16, TokenCharacters), new("ghs_", 16, TokenCharacters), new("ghr_", 16, TokenCharacters),
        new("github_pat_", 16, TokenCharacters), new("glpat-", 16, TokenCharacters), new("npm_", 30, TokenCharacters, IsWord: true), new("pypi-AgEI", 16, TokenCharacters),
        new("sk-ant-", 16, TokenCharacters), new("sk-proj-", 16, TokenCharacters), new("SG.", 30, DottedCharacters, IsWord: true), new("dop_v1_", 32, TokenCharacters), new("hf_", 30, TokenCharacters, IsWord: true),
        new("LS0tLS1CRUdJTi", 8, Base64Characters),
    ];

    private static readonly string[] Webhooks =
        ["hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/"];

    private static readonly SearchValues<string> All = SearchValues.Create(
        [.. Prefixes.Select(p => p.Text), .. Webhooks, "discord.com/api/v", "discordapp.com/api/v", "AKIA", "ASIA", "sk-", "bearer", "basic"], StringComparison.OrdinalIgnoreCase);

    public static void Find(TextView view, FoundSecrets found)
    {
        FindPrefixed(view, found);
        FindDiscordBots(view, found);
    }

    private static void FindPrefixed(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        var run = default(Run);
        while (from < text.Length && text[from..].IndexOfAny(All) is var at and >= 0)
        {
            var start = from + at;
            from = start + 1;
            if (Webhook(text, start) is { } secret)
            {
                if (secret.Length > 0)
                {
                    found.Add(view, secret.Start, secret.Start + secret.Length, SecretKind.Webhook);
                    from = secret.Start + secret.Length;
                }

                continue;
            }

            if (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]))
            {
                continue;
            }

            if (SchemeToken(text, start) is { Length: > 0 } token)
            {
                found.Add(view, token.Start, token.Start + token.Length, SecretKind.AuthorizationScheme);
                from = token.Start + token.Length;
            }
            else if (LengthAt(text, start, ref run) is var length and > 0)
            {
                found.Add(view, start, start + length, SecretKind.ProviderToken);
                from = start + length;
            }
        }
    }

    /// <summary>The length of the token there; 0: none.</summary>
    private static int LengthAt(ReadOnlySpan<char> text, int start, ref Run run)
    {
        var rest = text[start..];
        foreach (var prefix in Prefixes)
        {
            if (rest.StartsWith(prefix.Text, StringComparison.OrdinalIgnoreCase))
            {
                var body = start + prefix.Text.Length;
                if (!(ReferenceEquals(run.Characters, prefix.Characters) && run.End >= body && run.Start <= body))
                {
                    run = new Run(body, body + LengthOf(text[body..], prefix.Characters), prefix.Characters);
                }

                var length = run.End - body;
                if (text[run.End - 1] == '.')
                {
                    length--;
                }

                return length >= prefix.Least && !IsFiller(text.Slice(body, Math.Min(length, 64))) && (!prefix.IsWord || IsRandom(text.Slice(body, Math.Min(length, 64)))) ? prefix.Text.Length + length : 0;
            }
        }

        if (rest.StartsWith("AKIA", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("ASIA", StringComparison.OrdinalIgnoreCase))
        {
            return AwsKeyLength(rest);
        }

        if (rest.StartsWith("sk-", StringComparison.Ordinal))
        {
            var body = rest[3..Math.Min(rest.Length, 260)];
            var length = LengthOf(body, TokenCharacters);
            return length >= 20 && IsRandom(body[..length]) ? 3 + length : 0;
        }

        return 0;
    }

    private static int AwsKeyLength(ReadOnlySpan<char> text)
    {
        const int Length = 20;
        if (text.Length < Length || (text.Length > Length && char.IsAsciiLetterOrDigit(text[Length])))
        {
            return 0;
        }

        var hasDigit = false;
        var hasLower = false;
        foreach (var c in text[..Length])
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return 0;
            }

            hasDigit |= char.IsAsciiDigit(c);
            hasLower |= char.IsAsciiLetterLower(c);
        }

        // In lower case, a word may begin that way too.
        return hasLower && !hasDigit ? 0 : Length;
    }

    /// <summary>Null: no webhook's URL; length 0: one without its secret.</summary>
    private static (int Start, int Length)? Webhook(ReadOnlySpan<char> text, int start)
    {
        var rest = text[start..];
        foreach (var webhook in Webhooks)
        {
            if (rest.StartsWith(webhook, StringComparison.OrdinalIgnoreCase))
            {
                return Path(text, start + webhook.Length);
            }
        }

        var version = rest.StartsWith("discord", StringComparison.OrdinalIgnoreCase) ? rest[..Math.Min(rest.Length, 48)].IndexOf("/webhooks/", StringComparison.OrdinalIgnoreCase) : -1;
        return version < 0 ? null : Path(text, start + version + "/webhooks/".Length);

        static (int, int) Path(ReadOnlySpan<char> text, int start)
        {
            var length = LengthOf(text[start..], PathCharacters);
            return (start, length >= 12 && text.Slice(start, length).IndexOfAnyInRange('0', '9') >= 0 ? length : 0);
        }
    }

    /// <summary>What follows "Bearer" or "Basic", unless it is a word of a sentence.</summary>
    private static (int Start, int Length) SchemeToken(ReadOnlySpan<char> text, int at)
    {
        var isBearer = text[at..].StartsWith("bearer", StringComparison.OrdinalIgnoreCase);
        if (!isBearer && !text[at..].StartsWith("basic", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        var start = at + (isBearer ? 6 : 5);
        var blanks = LengthOf(text[start..Math.Min(text.Length, start + 8)], Separators);
        start += blanks;
        if (blanks == 0)
        {
            return default;
        }

        var length = LengthOf(text[start..], SchemeTokenCharacters);
        while (length > 0 && text[start + length - 1] == '.')
        {
            length--;
        }

        var token = text.Slice(start, length);
        var isSecret = length >= 8 && !IsFiller(token[..Math.Min(length, 64)]) && (isBearer
            ? length >= 24 || HasDigit(token) || IsMixed(token) || token.IndexOfAny(TokenMarks) >= 0
            : HasDigit(token) || IsMixed(token) || token[^1] == '=' || IsUserAndPassword(token));
        return isSecret ? (start, length) : default;
    }

    private static bool IsRandom(ReadOnlySpan<char> token) => HasDigit(token) && IsMixed(token);

    private static bool HasDigit(ReadOnlySpan<char> token) => token.IndexOfAnyInRange('0', '9') >= 0;

    /// <summary>Upper and lower case, and not as a word has them.</summary>
    private static bool IsMixed(ReadOnlySpan<char> token) => token[1..].IndexOfAnyInRange('A', 'Z') >= 0 && token.IndexOfAnyInRange('a', 'z') >= 0;

    private static bool IsUserAndPassword(ReadOnlySpan<char> token)
    {
        var decoded = new byte[(Math.Min(token.Length, 256) / 4 * 3) + 3];
        Base64.DecodeFromUtf8(Encoding.ASCII.GetBytes(token[..(Math.Min(token.Length, 256) / 4 * 4)].ToString()), decoded, out _, out var written);
        return decoded.AsSpan(0, written).IndexOf((byte)':') > 0;
    }

    /// <summary>Discord's bot tokens: an id in base64, a time and a signature, with dots between.</summary>
    private static void FindDiscordBots(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOf('.') is var at and >= 0)
        {
            var dot = from + at;
            from = dot + 1;
            if (dot + 8 >= text.Length || text[dot + 7] != '.' || LengthOf(text.Slice(dot + 1, 6), TokenCharacters) != 6)
            {
                continue;
            }

            var before = text[Math.Max(0, dot - 32)..dot];
            var id = before.Length - (before.LastIndexOfAnyExcept(TokenCharacters) + 1);
            var signature = text[(dot + 8)..Math.Min(text.Length, dot + 72)];
            var length = LengthOf(signature, TokenCharacters);
            var start = dot - id;
            if (id is < 22 or > 30 || length is < 25 or > 45 || text[start] is not ('M' or 'N' or 'O') || !HasDigit(text[start..dot]))
            {
                continue;
            }

            found.Add(view, start, dot + 8 + length, SecretKind.ProviderToken);
            from = dot + 8 + length;
        }
    }

    private static bool IsFiller(ReadOnlySpan<char> body) => body.IndexOfAnyExcept(Filler) < 0 || Placeholders.IsPlaceholder(body);

    private static int LengthOf(ReadOnlySpan<char> text, SearchValues<char> characters) => text.IndexOfAnyExcept(characters) is var length and >= 0 ? length : text.Length;

    /// <param name="Text">What tokens begin with.</param>
    /// <param name="Least">How many characters follow at least.</param>
    /// <param name="Characters">Which characters follow.</param>
    /// <param name="IsWord">Whether other names begin that way too, so that what follows must look random.</param>
    private sealed record Prefix(string Text, int Least, SearchValues<char> Characters, bool IsWord = false);

    /// <summary>Characters of one kind in a row, so that a text full of prefixes is read once.</summary>
    private readonly record struct Run(int Start, int End, SearchValues<char> Characters);
}
