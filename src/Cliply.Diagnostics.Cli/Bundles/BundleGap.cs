namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>What a bundle should hold and does not.</summary>
/// <param name="What">The file, or what it is about.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record BundleGap(string What, string Reason);
