namespace Cliply.Diagnostics.Redaction;

/// <summary>That a text holds a secret, and where; never the secret.</summary>
/// <param name="Kind">How it was recognised.</param>
/// <param name="Position">Where it begins: in characters of a text, in bytes of bytes, from 0.</param>
public sealed record SecretFinding(SecretKind Kind, long Position);
