namespace Cliply.Diagnostics.Cli.Explaining;

/// <summary>Finds the codes that somebody may have meant.</summary>
internal static class CloseCodes
{
    private const int Most = 3;
    private const int LongestCode = 64;
    private const int ShortestPart = 3;

    /// <summary>At most three: those that the text is a part of, otherwise those with the fewest typing errors, otherwise those with a word in common.</summary>
    public static IReadOnlyList<string> Of(string given, IReadOnlyList<string> codes)
    {
        if (given.Length > LongestCode)
        {
            return [];
        }

        var text = given.ToLowerInvariant().Replace('_', '-').Replace(' ', '-').Trim('-');
        if (text.Length < ShortestPart)
        {
            return [];
        }

        var containing = codes.Where(c => c.Contains(text, StringComparison.Ordinal)).ToList();
        if (containing.Count > 0)
        {
            return First(containing);
        }

        var distances = codes.Select(c => (Code: c, Distance: Distance(text, c))).ToList();
        var least = distances.Min(d => d.Distance);
        if (least <= Math.Max(2, text.Length / 4))
        {
            return First(distances.Where(d => d.Distance == least).Select(d => d.Code));
        }

        var words = text.Split('-');
        return First(codes.Select(c => (Code: c, Common: c.Split('-').Count(w => w.Length >= ShortestPart && words.Contains(w))))
            .Where(c => c.Common > 0).OrderByDescending(c => c.Common).Select(c => c.Code));
    }

    private static List<string> First(IEnumerable<string> codes) => [.. codes.Take(Most)];

    /// <summary>Levenshtein's: how many letters to add, drop or change.</summary>
    private static int Distance(string one, string other)
    {
        Span<int> row = stackalloc int[LongestCode + 1];
        for (var j = 0; j <= one.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= other.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= one.Length; j++)
            {
                var changed = diagonal + (one[j - 1] == other[i - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[one.Length];
    }
}
