using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Where a program is.</summary>
/// <param name="Status">Available (then it is still to be run), notExecutable or notFound.</param>
/// <param name="Path">The absolute path that PATH leads to; null where it leads nowhere.</param>
/// <param name="FoundOutsidePath">Where it is although PATH does not lead there.</param>
/// <param name="File">The file at the path, when it is to be run.</param>
internal sealed record BinaryLocation(BinaryStatus Status, string? Path, string? FoundOutsidePath, ProgramFile? File = null);
