using System.Text;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Escalations;

/// <summary>Reads a file of the deployment's configuration whole, or not at all.</summary>
internal static class TextFile
{
    public static SectionFailure TooLarge { get; } = new("tooLarge", $"it is larger than {EscalationRequest.MaxBytesPerFile / 1024} KiB");

    public static SectionFailure NotThere { get; } = new(SectionFailure.NotConfigured, "it is not on this machine; run this where the workers are deployed from");

    /// <summary>Reads it. No message names the path.</summary>
    /// <param name="path">The path.</param>
    public static Section<string> Read(string path)
    {
        switch (ProgramFile.KindAt(path))
        {
            case FileKind.Missing:
                return NotThere;
            case FileKind.Denied:
                return Denied;
            case FileKind.Folder or FileKind.Special:
                return new SectionFailure(SectionFailure.NotSupported, "it is no regular file");
        }

        var text = SmallFile.Read(path, out var isDenied, EscalationRequest.MaxBytesPerFile + 1);
        return text is null ? (isDenied ? Denied : NotThere)
            : Encoding.UTF8.GetByteCount(text) > EscalationRequest.MaxBytesPerFile ? TooLarge
            : text;
    }

    private static SectionFailure Denied { get; } = new("permissionDenied", "it may not be read by this user; give it read permission");
}
