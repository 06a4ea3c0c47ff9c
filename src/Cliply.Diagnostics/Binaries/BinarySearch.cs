using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Binaries;

/// <summary>
/// Finds a program on PATH as a shell would, with one difference: folders that are empty or relative are passed over, for
/// they mean the current directory, and nothing is ever run from there.
/// </summary>
internal sealed class BinarySearch(Func<string?> path, IReadOnlyList<string> usualFolders)
{
    /// <summary>Where programs are installed whether PATH leads there or not.</summary>
    public static readonly string[] UsualFolders =
    [
        "/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/snap/bin", "/opt/homebrew/bin", "/opt/local/bin", "/opt/ffmpeg/bin", "/opt/ffmpeg", "/opt/yt-dlp", "/opt/bin",
        "/usr/lib/ffmpeg/bin", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "bin"),
    ];

    /// <summary>The first executable file on PATH.</summary>
    /// <param name="name">The program's name.</param>
    /// <returns>The absolute path; or, without one, whether something by that name is there that can't be executed, or where it is outside PATH.</returns>
    public BinaryLocation Find(string name)
    {
        string? notExecutable = null;
        foreach (var folder in Folders())
        {
            var candidate = Path.Combine(folder, FileName(name));
            if (ProgramFile.At(candidate) is { IsExecutable: true } file)
            {
                return new BinaryLocation(BinaryStatus.Available, candidate, null, file);
            }

            notExecutable ??= Path.Exists(candidate) ? candidate : null;
        }

        return notExecutable is not null
            ? new BinaryLocation(BinaryStatus.NotExecutable, notExecutable, null)
            : new BinaryLocation(BinaryStatus.NotFound, null, usualFolders.Where(Path.IsPathFullyQualified).Select(f => Path.Combine(f, FileName(name))).FirstOrDefault(f => ProgramFile.At(f) is { IsExecutable: true }));
    }

    private IEnumerable<string> Folders() =>
        (path() ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);

    private static string FileName(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;
}
