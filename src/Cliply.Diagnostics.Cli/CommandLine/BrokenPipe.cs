using System.Runtime.InteropServices;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>
/// What happens when the reader of the output has left, as in <c>cliply replay - | head -1</c>. .NET ignores SIGPIPE and its
/// console keeps silent about the failed write, so that an endless input would be diagnosed for nobody.
/// </summary>
internal static partial class BrokenPipe
{
    /// <summary>Ends this process as the signal ends every other filter. Only for a command that talks to nothing else through pipes or sockets.</summary>
    public static void EndsTheProcess()
    {
        const int BrokenPipeSignal = 13;
        const nint Default = 0;
        if (!OperatingSystem.IsWindows())
        {
            _ = Signal(BrokenPipeSignal, Default);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Signal(int number, nint handler);
}
