using System.Buffers;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Binaries;

namespace Cliply.Diagnostics.Logs;

/// <summary>
/// The logs in a folder. Rotated files of one log are one log, for an old file beside a new one must not look like a worker
/// that fell silent.
/// </summary>
internal static partial class LogFolder
{
    private const int MaxFiles = 10_000;

    private static readonly SearchValues<char> RotationCharacters = SearchValues.Create("0123456789.-_");

    private static readonly string[] Compressed = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip"];

    /// <summary>A log: its name, and its files, newest first.</summary>
    internal sealed record Log(string Name, IReadOnlyList<string> Files, DateTime WrittenAt);

    /// <summary>The logs that are worth reading, newest first.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="now">The time that a log's age is counted to.</param>
    /// <returns>Those written within a day, or else the newest alone; and how many compressed files were passed over.</returns>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static (IReadOnlyList<Log> Logs, int Compressed) Find(string folder, int most, DateTimeOffset now)
    {
        var compressed = 0;
        var files = new List<FileInfo>();
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(f => IsLog(f.Name)).Take(MaxFiles))
        {
            if (IsCompressed(file.Name))
            {
                compressed++;
            }
            else if (ProgramFile.KindAt(file.FullName) == FileKind.Regular)
            {
                files.Add(file);
            }
        }

        var logs = files.GroupBy(f => NameOf(f.Name), StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name.Length).ThenByDescending(f => f.Name, StringComparer.Ordinal).ToList())
            .Select(g => new Log(g[0].Name, [.. g.Select(f => f.FullName)], g[0].LastWriteTimeUtc))
            .OrderByDescending(l => l.WrittenAt).ThenBy(l => l.Name, StringComparer.Ordinal)
            .ToList();
        return ([.. logs.Where((l, i) => i == 0 || l.WrittenAt > now.UtcDateTime.AddDays(-1)).Take(most)], compressed);
    }

    /// <summary>The files that a log was rotated into, newest first; compressed ones are passed over.</summary>
    /// <param name="path">The log's present file.</param>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IReadOnlyList<string> Rotated(string path)
    {
        var name = Path.GetFileName(path);
        return [.. new DirectoryInfo(Path.GetDirectoryName(path)!).EnumerateFiles()
            .Where(f => f.Name != name && IsRotated(name, f.Name) && !IsCompressed(f.Name))
            .Take(MaxFiles)
            .Where(f => ProgramFile.KindAt(f.FullName) == FileKind.Regular)
            .OrderByDescending(f => f.LastWriteTimeUtc).ThenBy(f => f.Name.Length).ThenByDescending(f => f.Name, StringComparer.Ordinal)
            .Select(f => f.FullName)];
    }

    /// <summary>By a number or date behind the whole name, as logrotate does, or before ".log".</summary>
    private static bool IsRotated(string log, string file) =>
        (IsLog(log) && IsLog(file) && NameOf(file) == NameOf(log))
        || (file.StartsWith(log, StringComparison.Ordinal) && file.AsSpan(log.Length) is [('.' or '-'), _, ..] rest && !rest[1..].ContainsAnyExcept(RotationCharacters));

    private static bool IsCompressed(string name) => Compressed.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    private static bool IsLog(string name) => name.EndsWith(".log", StringComparison.OrdinalIgnoreCase) || name.Contains(".log.", StringComparison.OrdinalIgnoreCase);

    /// <summary>What rotated files of one log have in common: no number or date behind ".log", and no date before it.</summary>
    internal static string NameOf(string file)
    {
        var end = file.LastIndexOf(".log", StringComparison.OrdinalIgnoreCase);
        return Dates().Replace(file[..(end + 4)], "");
    }

    [GeneratedRegex(@"[-_.]?(?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12][0-9]|3[01])(?:[-_.T]?(?:[01][0-9]|2[0-3])(?:[-_.]?[0-5][0-9]){0,2})?(?:_[0-9]{3})?(?![0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Dates();
}
