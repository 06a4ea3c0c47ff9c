using System.Buffers;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// What stands in for a secret: <c>‹secret:3f2a›</c>, with more digits where two secrets would share four. Recognised in
/// every encoding that a writer may give it, so that what is redacted stays as it is.
/// </summary>
internal static class SecretToken
{
    public const string Secret = "secret";
    public const string ServiceRole = "service_role";
    public const string Email = "email";
    public const string IpAddress = "ip";

    /// <summary>Digits that a token may have, fewest first.</summary>
    public static readonly int[] Lengths = [4, 8, 12, 16];

    private static readonly string[] Kinds = [Secret, ServiceRole, Email, IpAddress];
    private static readonly string[] Openings = ["‹", @"\u2039", "&#x2039;", "&#8249;", "&lsaquo;", "%E2%80%B9"];
    private static readonly string[] Closings = ["›", @"\u203a", "&#x203a;", "&#8250;", "&rsaquo;", "%E2%80%BA"];
    private static readonly string[] Colons = [":", "%3A", "&#58;", "&#x3a;"];
    private static readonly SearchValues<string> AnyOpening = SearchValues.Create(Openings, StringComparison.OrdinalIgnoreCase);

    public static string Of(string kind, ReadOnlySpan<char> digits) => $"‹{kind}:{digits}›";

    /// <summary>Where the tokens in a text are, in order.</summary>
    public static void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> tokens)
    {
        var from = 0;
        while (from < text.Length && text[from..].IndexOfAny(AnyOpening) is var found and >= 0)
        {
            var start = from + found;
            var length = LengthAt(text[start..]);
            if (length > 0)
            {
                tokens.Add((start, start + length));
            }

            from = start + Math.Max(1, length);
        }
    }

    /// <summary>The length of the token that the text begins with; 0: none.</summary>
    private static int LengthAt(ReadOnlySpan<char> text)
    {
        var rest = text[LengthOfAny(Openings, text)..];
        var kind = LengthOfAny(Kinds, rest);
        rest = rest[kind..];
        if (kind == 0)
        {
            return 0;
        }

        if (LengthOfAny(Colons, rest) is var colon and > 0)
        {
            rest = rest[colon..];
            var digits = rest.IndexOfAnyExcept(LowerHex);
            if (digits < 0 || !Lengths.Contains(digits))
            {
                return 0;
            }

            rest = rest[digits..];
        }

        var closing = LengthOfAny(Closings, rest);
        return closing == 0 ? 0 : text.Length - rest.Length + closing;
    }

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private static int LengthOfAny(string[] forms, ReadOnlySpan<char> text)
    {
        foreach (var form in forms)
        {
            if (text.StartsWith(form, StringComparison.OrdinalIgnoreCase))
            {
                return form.Length;
            }
        }

        return 0;
    }
}
