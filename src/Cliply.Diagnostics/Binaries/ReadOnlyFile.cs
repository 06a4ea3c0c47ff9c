using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cliply.Diagnostics.Binaries;

/// <summary>
/// Opens a file of somebody else's to look at it. .NET asks for a lock and gives up where its owner holds one, as a daemon
/// does on its pid file; and it waits for the other end of a named pipe. This does neither.
/// </summary>
internal static partial class ReadOnlyFile
{
    /// <summary>Opens it.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="FileNotFoundException">Nothing is there.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    /// <exception cref="IOException">It can't be opened for another reason.</exception>
    public static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        const int ReadOnlyCloseOnExecDoNotWait = 0x80000 | 0x800;
        const int NotPermitted = 1, NoSuchFile = 2, AccessDenied = 13, NoFolder = 20;
        var descriptor = Open(path, ReadOnlyCloseOnExecDoNotWait);
        if (descriptor >= 0)
        {
            return new SafeFileHandle(descriptor, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        throw error switch
        {
            NotPermitted or AccessDenied => new UnauthorizedAccessException(Marshal.GetPInvokeErrorMessage(error)),
            NoSuchFile or NoFolder => new FileNotFoundException(Marshal.GetPInvokeErrorMessage(error)),
            _ => new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
