using System.Text.RegularExpressions;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Reads the version out of what a program prints.</summary>
internal static partial class VersionText
{
    /// <summary>The version; null where the text holds none.</summary>
    /// <param name="output">What the program printed; may hold anything.</param>
    public static string? Parse(string output)
    {
        var end = output.IndexOf('\n', StringComparison.Ordinal);
        var line = TextSanitizer.WithoutControlCharacters(end < 0 ? output : output[..end], 200);
        var match = Version().Match(line);
        return match.Success ? match.Groups["version"].Value : null;
    }

    /// <summary>"ffmpeg version 5.1.9-0+deb12u1 …" is 5.1.9, "ffmpeg version n7.1" is 7.1, a build from source keeps its name, "2026.10.22" is itself.</summary>
    [GeneratedRegex(@"^(?:\S+ version (?:n?(?<version>[0-9]+(?:\.[0-9]+)+)|(?<version>[A-Za-z0-9][A-Za-z0-9._+-]*))|(?<version>[0-9]+(?:\.[0-9]+)+))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
