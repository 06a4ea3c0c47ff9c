using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Logs;

/// <summary>What logs a configured path leads to.</summary>
/// <param name="Name">The last part of the path.</param>
/// <param name="Logs">The logs, those written last first.</param>
/// <param name="Compressed">How many compressed files were passed over.</param>
/// <param name="Failure">Why there is none; otherwise null.</param>
internal sealed record LogFileSearch(string Name, IReadOnlyList<LogFolder.Log> Logs, int Compressed = 0, SectionFailure? Failure = null)
{
    private const string Option = $"AddLogs or {LogFilesOptions.SectionName}:Paths";

    private string Shown => ShownOf(Name);

    /// <summary>Nothing was configured.</summary>
    public static SectionFailure NothingNamed { get; } = new(SectionFailure.NotConfigured, $"no log is named; name one with {Option}");

    /// <summary>Looks.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="most">How many logs of a folder at most.</param>
    /// <param name="now">The time that a log's age is counted to.</param>
    public static LogFileSearch At(string path, int most, DateTimeOffset now)
    {
        var nothing = new LogFileSearch(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), []);
        return ProgramFile.KindAt(path) switch
        {
            FileKind.Regular => nothing with { Logs = [new LogFolder.Log(nothing.Name, [path], File.GetLastWriteTimeUtc(path))] },
            FileKind.Folder => InFolder(path, nothing, most, now),
            FileKind.Missing => nothing with { Failure = new(SectionFailure.NotConfigured, $"'{nothing.Shown}' is not there; correct the path given to {Option}") },
            FileKind.Denied => nothing with { Failure = Denied(nothing.Name) },
            _ => nothing with { Failure = new(SectionFailure.NotSupported, $"'{nothing.Shown}' is no regular file, and reading it might never end; name a log file or a folder of them with {Option}") },
        };
    }

    /// <summary>It is there and can't be read.</summary>
    /// <param name="name">Its name.</param>
    public static SectionFailure Denied(string name) => new("permissionDenied", $"'{ShownOf(name)}' may not be read by this user; give it read permission");

    private static LogFileSearch InFolder(string path, LogFileSearch nothing, int most, DateTimeOffset now)
    {
        try
        {
            var (logs, compressed) = LogFolder.Find(path, most, now);
            return nothing with
            {
                Logs = logs,
                Compressed = compressed,
                Failure = logs.Count > 0 ? null : new(SectionFailure.NotConfigured, compressed > 0
                    ? $"'{nothing.Shown}' holds only compressed logs, which are not read; name the folder of the current ones with {Option}"
                    : $"'{nothing.Shown}' holds no *.log; name the log itself with {Option}"),
            };
        }
        catch (UnauthorizedAccessException)
        {
            return nothing with { Failure = Denied(nothing.Name) };
        }
        catch (IOException)
        {
            return nothing with { Failure = new("error", $"'{nothing.Shown}' can't be listed") };
        }
    }

    internal static string ShownOf(string name) => TextSanitizer.WithoutControlCharacters(name, 100);
}
