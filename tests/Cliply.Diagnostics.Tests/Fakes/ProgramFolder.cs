using Cliply.Diagnostics.Binaries;

namespace Cliply.Diagnostics.Tests.Fakes;

/// <summary>A temporary folder with small programs and other files, and a PATH that leads nowhere else.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class ProgramFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cliply-programs-").FullName;

    public BinarySearch Search => new(() => Path, []);

    public string Script(string name, string body)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, $"#!/bin/sh\nPATH=/usr/bin:/bin\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    public string Text(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public async Task ExpectNoProcessAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 200 && Any(); attempt++)
        {
            await Task.Delay(25, cancellationToken);
        }

        Any().Should().BeFalse("nothing that was started from the folder may be left");

        bool Any() => Directory.EnumerateDirectories("/proc").Any(p =>
        {
            try
            {
                return int.TryParse(System.IO.Path.GetFileName(p), out _) && File.ReadAllText(p + "/cmdline").Contains(Path, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
