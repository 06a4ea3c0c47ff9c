namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>Says what kind of secret is left in bytes; null: none. Never the secret itself.</summary>
internal delegate string? SecretSearch(ReadOnlySpan<byte> utf8);
