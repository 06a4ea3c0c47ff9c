namespace Cliply.Diagnostics.SampleFleet;

/// <summary>
/// What a worker expects around it, on a machine that has nothing: a temporary folder, the variables, and stand-ins that only
/// print a version where ffmpeg or yt-dlp is not installed.
/// </summary>
internal sealed class Surroundings : IDisposable
{
    private readonly string _path;

    public Surroundings()
    {
        Folder = Directory.CreateTempSubdirectory("cliply-sample-").FullName;
        SetIfMissing("SUPABASE_URL", "https://sample.supabase.co");
        SetIfMissing("SUPABASE_SERVICE_ROLE_KEY", "sb_secret_made-up-for-the-sample");
        SetIfMissing("SENTRY_DSN", "https://made-up@sentry.example/1");
        SetIfMissing("LOG_LEVEL", "info");

        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var standIns = Directory.CreateDirectory(Path.Combine(Folder, "stand-ins")).FullName;
        foreach (var (name, version) in new[] { ("ffmpeg", "ffmpeg version 0.0.1"), ("yt-dlp", "2026.01.01") })
        {
            if (!OperatingSystem.IsWindows() && !path.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))))
            {
                var file = Path.Combine(standIns, name);
                File.WriteAllText(file, $"#!/bin/sh\necho '{version}'\n");
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                Notes.Add($"{name} is not installed; a stand-in that only prints a version takes its place");
            }
        }

        _path = $"{path}{Path.PathSeparator}{standIns}";
        RestorePath();
    }

    public string Folder { get; }

    public List<string> Notes { get; } = [];

    public void RestorePath() => Environment.SetEnvironmentVariable("PATH", _path);

    /// <summary>A PATH that leads to yt-dlp, and to no ffmpeg.</summary>
    public void HideFfmpeg()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "without-ffmpeg")).FullName;
        var link = Path.Combine(folder, "yt-dlp");
        if (!File.Exists(link))
        {
            File.CreateSymbolicLink(link, _path.Split(Path.PathSeparator).Select(f => Path.Combine(f, "yt-dlp")).First(File.Exists));
        }

        Environment.SetEnvironmentVariable("PATH", folder);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void SetIfMissing(string name, string value)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
