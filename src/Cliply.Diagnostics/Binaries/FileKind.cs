namespace Cliply.Diagnostics.Binaries;

/// <summary>What a path leads to, links followed.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>This process's user may not look.</summary>
    Denied,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A named pipe, a device, a socket: reading one may never end.</summary>
    Special,
}
