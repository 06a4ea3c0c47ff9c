using System.Runtime.InteropServices;

namespace Cliply.Diagnostics.Binaries;

/// <summary>
/// The regular file behind a path, links followed: equal to another look at it only while nobody has changed or replaced it.
/// Never opens it, for opening a named pipe waits for its other end, and a program need not be readable.
/// </summary>
/// <param name="Device">The file system that it is on.</param>
/// <param name="Inode">Its number there; 0 where the system has none, and then the path stands for it.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="WrittenAt">When it was last written, in units of the system.</param>
/// <param name="Path">Where its number says nothing, its full path; otherwise null.</param>
/// <param name="IsExecutable">Whether this process's user may execute it.</param>
internal sealed partial record ProgramFile(ulong Device, ulong Inode, ulong Length, Int128 WrittenAt, string? Path, bool IsExecutable)
{
    private const int CurrentFolder = -100;
    private const uint TypeModeTimeInodeSize = 0x1 | 0x2 | 0x40 | 0x100 | 0x200;
    private const ushort TypeMask = 0xF000, RegularFile = 0x8000, FolderFile = 0x4000;

    /// <summary>Looks at it.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Null where no regular file is, or none that may be looked at.</returns>
    public static ProgramFile? At(string path) => OperatingSystem.IsLinux() ? OnLinux(path) : Elsewhere(path);

    /// <summary>Tells what a path leads to without opening it.</summary>
    /// <param name="path">The path.</param>
    public static FileKind KindAt(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path) ? FileKind.Regular : Directory.Exists(path) ? FileKind.Folder : FileKind.Missing;
        }

        const int NotPermitted = 1, AccessDenied = 13;
        if (Native.Status(CurrentFolder, path, 0, TypeModeTimeInodeSize, out var file) != 0)
        {
            return Marshal.GetLastPInvokeError() is NotPermitted or AccessDenied ? FileKind.Denied : FileKind.Missing;
        }

        return (file.Mode & TypeMask) switch
        {
            RegularFile => FileKind.Regular,
            FolderFile => FileKind.Folder,
            _ => FileKind.Special,
        };
    }

    private static ProgramFile? OnLinux(string path)
    {
        const int Executable = 1;
        if (Native.Status(CurrentFolder, path, 0, TypeModeTimeInodeSize, out var file) != 0 || (file.Mode & TypeMask) != RegularFile)
        {
            return null;
        }

        var isExecutable = Native.Access(path, Executable) == 0;
        return new ProgramFile(((ulong)file.DeviceMajor << 32) | file.DeviceMinor, file.Inode, file.Size, ((Int128)file.WrittenSeconds * 1_000_000_000) + file.WrittenNanoseconds, null, isExecutable);
    }

    private static ProgramFile? Elsewhere(string path)
    {
        try
        {
            var link = new FileInfo(path);
            var file = (FileInfo?)link.ResolveLinkTarget(returnFinalTarget: true) ?? link;
            var isExecutable = OperatingSystem.IsWindows()
                || (file.Exists && (File.GetUnixFileMode(file.FullName) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
            return file.Exists ? new ProgramFile(0, 0, (ulong)file.Length, file.LastWriteTimeUtc.Ticks, file.FullName, isExecutable) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone while it was looked at, or not for this user's eyes.
            return null;
        }
    }

    /// <summary>.NET tells neither a file's type nor its inode nor whether this user may execute it.</summary>
    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Status(int folder, string path, int flags, uint mask, out FileStatus status);

        [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static partial int Access(string path, int mode);
    }

    /// <summary>Linux's <c>struct statx</c>, the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(0x1C)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public ulong Size;

        [FieldOffset(0x70)]
        public long WrittenSeconds;

        [FieldOffset(0x78)]
        public uint WrittenNanoseconds;

        [FieldOffset(0x88)]
        public uint DeviceMajor;

        [FieldOffset(0x8C)]
        public uint DeviceMinor;
    }
}
