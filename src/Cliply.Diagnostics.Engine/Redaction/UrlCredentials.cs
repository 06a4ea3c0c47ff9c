using System.Buffers;

namespace Cliply.Diagnostics.Redaction;

/// <summary>User and password in URLs, up to the last @: a password may hold one, and a slash, unescaped.</summary>
internal static class UrlCredentials
{
    private const string Mark = "://";
    private const int LongestScheme = 32;

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-");
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'`<>\\&\u00a0\u001b");
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/?#");

    /// <summary>What is asked over HTTP has paths with an @ in them; what is a store or a queue has not.</summary>
    private static readonly string[] WithPaths = ["http", "https", "ws", "wss", "ftp", "file", "s3", "gs", "npm", "git", "git+https", "docker", "oci"];

    public static void Find(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        var end = 0;
        var lastAt = -1;
        while (from < text.Length && text[from..].IndexOf(Mark, StringComparison.Ordinal) is var at and >= 0)
        {
            var mark = from + at;
            var start = mark + Mark.Length;
            from = start;
            var scheme = SchemeBefore(text, mark);
            if (end < start)
            {
                // Looked for once, however many marks stand in it.
                end = EndOf(text, start, mark == scheme.Length ? '\0' : text[mark - scheme.Length - 1]);
                lastAt = start + text[start..end].LastIndexOf('@');
            }

            if (scheme.IsEmpty || lastAt < start)
            {
                continue;
            }

            // The next URL's credentials are its own, unless this one's password holds the mark.
            var next = text[start..end].IndexOf(Mark, StringComparison.Ordinal);
            var own = next < 0 ? text[start..end] : text[start..(start + next)];
            var length = next >= 0 && !own.Contains('@') && IsOpen(own) ? lastAt - start : LengthOf(own, scheme);
            if (length > 0 && !IsPlaceholder(text.Slice(start, length)) && found.Add(view, start, start + length, SecretKind.UrlCredentials, PasswordOf(text.Slice(start, length))))
            {
                from = start + length;
            }
        }
    }

    /// <summary>The password, or all where there is none, as in a Sentry DSN.</summary>
    private static string PasswordOf(ReadOnlySpan<char> credentials)
    {
        var colon = credentials.IndexOf(':');
        return colon < 0 || colon == credentials.Length - 1 ? credentials.ToString() : credentials[(colon + 1)..].ToString();
    }

    private static bool IsPlaceholder(ReadOnlySpan<char> credentials)
    {
        var colon = credentials.IndexOf(':');
        return Placeholders.IsPlaceholder(credentials) || (colon >= 0 && Placeholders.IsPlaceholder(credentials[(colon + 1)..]));
    }

    private static ReadOnlySpan<char> SchemeBefore(ReadOnlySpan<char> text, int mark)
    {
        var least = Math.Max(0, mark - LongestScheme);
        var scheme = text[least..mark];
        scheme = scheme[(scheme.LastIndexOfAnyExcept(SchemeCharacters) + 1)..];
        return scheme.IndexOfAnyInRange('A', 'z') < 0 ? [] : scheme;
    }

    /// <summary>To a space, or to a quote or bracket that does not stand within a password.</summary>
    private static int EndOf(ReadOnlySpan<char> text, int start, char before)
    {
        var i = start;
        while (i < text.Length)
        {
            var next = text[i..].IndexOfAny(Ends);
            if (next < 0)
            {
                return text.Length;
            }

            i += next;
            if (text[i] is '\\' or '&')
            {
                if (EscapedMarks.IsAt(text, i))
                {
                    return i;
                }

                i++;
                continue;
            }

            var after = i + 1 < text.Length ? text[i + 1] : '\n';
            if (text[i] is not ('"' or '\'' or '`') || text[i] == before || after is ' ' or '\t' or '\n' or '\r' or ',' or ';' or ')' or ']' or '}' or '>' or '<' or ':' or '\\' or '"' or '\'')
            {
                return i;
            }

            i++;
        }

        return text.Length;
    }

    /// <summary>Whether a user name and a colon begin it, and no port.</summary>
    private static bool IsOpen(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(AuthorityEnds);
        var authority = end < 0 ? rest : rest[..end];
        var colon = authority.IndexOf(':');
        return colon > 0 && authority[0] != '[' && (authority[(colon + 1)..].IndexOfAnyExceptInRange('0', '9') >= 0 || (colon == authority.Length - 1 && end >= 0));
    }

    /// <summary>How long the credentials are, without their @; 0: there are none.</summary>
    private static int LengthOf(ReadOnlySpan<char> rest, ReadOnlySpan<char> scheme)
    {
        var last = rest.LastIndexOf('@');
        if (last <= 0)
        {
            return 0;
        }

        var authorityEnd = rest.IndexOfAny(AuthorityEnds) is var end and >= 0 ? end : rest.Length;
        if (rest[..authorityEnd].Contains('@'))
        {
            return last;
        }

        foreach (var known in WithPaths)
        {
            if (scheme.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return IsOpen(rest) ? last : 0;
            }
        }

        return rest[..last].Contains(':') ? last : 0;
    }
}
