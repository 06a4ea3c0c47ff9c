namespace Cliply.Diagnostics.Redaction;

/// <summary>What a <see cref="SecretRedactor"/> replaces besides secrets, and how its tokens come about.</summary>
public sealed record RedactionOptions
{
    /// <summary>Whether email addresses become <c>‹email:3f2a›</c>. Default false.</summary>
    public bool Emails { get; init; }

    /// <summary>
    /// Whether IPv4 and IPv6 addresses become <c>‹ip:3f2a›</c>; loopback and unspecified ones stay, as they tell nothing. A
    /// version of four numbers up to 255 reads like an address. Default false.
    /// </summary>
    public bool IpAddresses { get; init; }

    /// <summary>
    /// What the tokens are computed with, at least 16 bytes: the same key gives the same secret the same token. Default
    /// empty: random, so that tokens of two redactors can't be compared, nor a secret be found by trying.
    /// </summary>
    public ReadOnlyMemory<byte> Key { get; init; }
}
