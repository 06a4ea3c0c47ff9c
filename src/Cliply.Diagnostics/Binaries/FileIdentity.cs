using System.Globalization;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Tells whether the file behind a path is still the same.</summary>
/// <param name="Target">The file that links lead to.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="WrittenAt">When it was last written.</param>
/// <param name="Inode">Its inode; null where the system does not show it.</param>
internal sealed record FileIdentity(string Target, long Length, DateTime WrittenAt, long? Inode)
{
    public static FileIdentity? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return target.Exists ? new FileIdentity(target.FullName, target.Length, target.LastWriteTimeUtc, InodeOf(target.FullName)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone or replaced while it was looked at: then it is not the same.
            return null;
        }
    }

    /// <summary>.NET shows no inode; Linux tells that of an open file (from 5.14 on).</summary>
    private static long? InodeOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        foreach (var line in File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}"))
        {
            if (line.StartsWith("ino:", StringComparison.Ordinal) && long.TryParse(line.AsSpan(4), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var inode))
            {
                return inode;
            }
        }

        return null;
    }
}
