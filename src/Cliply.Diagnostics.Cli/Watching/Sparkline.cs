namespace Cliply.Diagnostics.Cli.Watching;

/// <summary>The last numbers of a row in one line of characters. What is not known has a mark of its own, and never looks like a zero.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Ascii = "_.:-=+*#";

    /// <param name="values">Oldest first; null: not known.</param>
    /// <param name="width">How many of the newest are shown.</param>
    /// <param name="isUnicode">Whether the terminal shows block characters.</param>
    public static string Of(IReadOnlyList<long?> values, int width, bool isUnicode)
    {
        var (levels, gap) = isUnicode ? (Blocks, '·') : (Ascii, '?');
        var shown = values.Skip(Math.Max(0, values.Count - width)).ToList();
        var most = Math.Max(1, shown.Max() ?? 1);
        return string.Concat(shown.Select(value => value is { } number ? levels[(int)Math.Min(levels.Length - 1, (number * (levels.Length - 1) + most - 1) / most)] : gap));
    }
}
