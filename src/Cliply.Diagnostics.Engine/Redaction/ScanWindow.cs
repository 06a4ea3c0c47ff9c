namespace Cliply.Diagnostics.Redaction;

/// <summary>How text that is too long to be looked at whole is looked at in parts that overlap.</summary>
internal static class ScanWindow
{
    /// <summary>What a character takes at most where it is escaped three times over, such as <c>\\\\u0022</c>.</summary>
    private const int MostPerCharacter = 12;

    /// <summary>How much text has to follow a place for all secrets that begin before it to be seen, in characters.</summary>
    /// <param name="longestSecret">The length of the longest known secret in any form.</param>
    public static int AheadFor(int longestSecret) => Math.Clamp(longestSecret * MostPerCharacter, 2 * PemBlocks.Longest, 1024 * 1024);

    /// <summary>A place to part the text at: before <paramref name="most"/>, where possible at the end of a line or word.</summary>
    public static int LimitIn(ReadOnlySpan<char> text, int least, int most)
    {
        var near = text[Math.Max(least, most - (8 * 1024))..most];
        var from = most - near.Length;
        var line = near.LastIndexOf('\n');
        var place = line >= 0 ? line : near.LastIndexOf(' ');
        return place > 0 ? from + place + 1 : most;
    }
}
