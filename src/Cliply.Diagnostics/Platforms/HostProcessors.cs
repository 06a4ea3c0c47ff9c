namespace Cliply.Diagnostics.Platforms;

/// <summary>
/// The processors of this host. <see cref="Environment.ProcessorCount"/> is what this process may use, and a worker may be
/// allowed more or less.
/// </summary>
internal static class HostProcessors
{
    /// <summary>How many there are, by the text of <c>/proc/stat</c>; where it does not say, what this process may use.</summary>
    /// <param name="stat">The text; null where it can't be read.</param>
    public static int Count(string? stat)
    {
        var count = 0;
        foreach (var line in (stat ?? "").AsSpan().EnumerateLines())
        {
            count += line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]) ? 1 : 0;
        }

        return count > 0 ? count : Environment.ProcessorCount;
    }
}
