namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>One file of a bundle.</summary>
/// <param name="Path">Its path within the bundle.</param>
/// <param name="Content">Redacted UTF-8.</param>
/// <param name="IsLog">Whether its oldest lines may be left out where the bundle is too large.</param>
internal sealed record BundleEntry(string Path, ReadOnlyMemory<byte> Content, bool IsLog = false);
