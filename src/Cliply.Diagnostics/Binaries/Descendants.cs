using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Ends processes that a program has started and left behind. Once their parent is gone, only what they inherited tells whose they are.</summary>
internal static class Descendants
{
    /// <summary>
    /// Kills every process of this user whose environment holds that entry. Linux only; elsewhere the process tree has to do.
    /// One that cleared its environment is not found: nothing ties it to this process any more.
    /// </summary>
    /// <param name="entry">NAME=value, unique to the program that was started.</param>
    public static void Kill(string entry)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var sought = Encoding.ASCII.GetBytes(entry);
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && id != Environment.ProcessId && HasEntry(folder, sought))
            {
                KillProcess(id);
            }
        }
    }

    private static bool HasEntry(string folder, byte[] sought)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(sought) >= 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's: not ours to kill.
            return false;
        }
    }

    private static void KillProcess(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // Ended between the look and the kill, which is what was wanted; or run as another user by now, and not ours to kill.
        }
    }
}
