using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Cliply.Diagnostics.Redaction;

/// <summary>JSON web tokens: header, claims and signature, or a part that was cut.</summary>
internal static class WebTokens
{
    /// <summary>The longest part, in characters.</summary>
    private const int LongestPart = 16 * 1024;

    /// <summary>How much is decoded to see whether it is a part of a token, in characters.</summary>
    private const int MostDecoded = 128;

    /// <summary>What a part's JSON begins with, in base64: <c>{"</c>.</summary>
    private const string Beginning = "eyJ";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<string> Claims = SearchValues.Create(["\"alg\"", "\"typ\"", "\"kid\"", "\"enc\"", "\"iss\"", "\"sub\"", "\"aud\"", "\"exp\"", "\"iat\"", "\"role\""], StringComparison.Ordinal);

    /// <summary>Finds web tokens whole, without a signature, and single parts whose JSON is that of one.</summary>
    public static void Find(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        var runEnd = 0;
        while (from < text.Length && text[from..].IndexOf(Beginning, StringComparison.OrdinalIgnoreCase) is var at and >= 0)
        {
            var start = from + at;
            from = start + Beginning.Length;
            if (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]))
            {
                continue;
            }

            runEnd = runEnd > start ? runEnd : start + RunLength(text[start..]);
            var isExact = text[start..].StartsWith(Beginning, StringComparison.Ordinal);
            if (runEnd - start < 8 || EndOf(text, start, runEnd, isExact) is not { } end)
            {
                continue;
            }

            found.Add(view, start, end, SecretKind.WebToken);
            from = end;
        }
    }

    /// <summary>Whether it is a web token that makes its holder Supabase's service role, which no row-level security stops.</summary>
    public static bool IsServiceRole(string text)
    {
        foreach (var part in text.AsSpan().Split('.'))
        {
            var json = text.AsSpan()[part].StartsWith(Beginning, StringComparison.Ordinal) ? Decode(text.AsSpan()[part], LongestPart) : "";
            var role = json.IndexOf("\"role\"", StringComparison.Ordinal);
            if (role >= 0 && json.AsSpan(role + 6).TrimStart() is [':', .. var value] && value.TrimStart().StartsWith("\"service_role\"", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the token ends; null: it is none.</summary>
    private static int? EndOf(ReadOnlySpan<char> text, int start, int firstEnd, bool isExact)
    {
        var end = firstEnd;
        var parts = 1;
        while (parts < 5 && end < text.Length && text[end] == '.')
        {
            var next = end + 1 + RunLength(text.Slice(end + 1, Math.Min(LongestPart, text.Length - end - 1)));

            // A dot that ends a sentence, or the next file name's.
            if (next == end + 1 && (next >= text.Length || text[next] != '.'))
            {
                break;
            }

            end = next;
            parts++;
        }

        var second = parts > 1 ? text[(firstEnd + 1)..end] : [];
        if (second.StartsWith(Beginning, StringComparison.OrdinalIgnoreCase) && second.Length >= 8)
        {
            return end;
        }

        // Lower-cased it can't be decoded.
        if (!isExact)
        {
            return null;
        }

        var json = Decode(text[start..firstEnd], MostDecoded);
        return json.AsSpan().ContainsAny(Claims) ? end : null;
    }

    private static int RunLength(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Alphabet) is var length and >= 0 ? length : text.Length;

    private static string Decode(ReadOnlySpan<char> part, int most)
    {
        part = part[..Math.Min(part.Length, most)];
        var bytes = new byte[(part.Length * 3 / 4) + 3];

        // Of a part that was cut, or holds something else further on, what comes before.
        Base64Url.DecodeFromChars(part, bytes, out _, out var written);
        return Encoding.UTF8.GetString(bytes, 0, written);
    }
}
