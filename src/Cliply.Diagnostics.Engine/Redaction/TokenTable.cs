using System.Security.Cryptography;
using System.Text;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Gives each secret its token: the same to the same, different ones to different secrets. Safe for concurrent use.</summary>
internal sealed class TokenTable
{
    /// <summary>Beyond so many secrets, tokens have all their digits, which needs no table.</summary>
    private const int MostShort = 16 * 1024;

    private const int LeastKey = 16;

    private readonly byte[] _key;
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public TokenTable(ReadOnlyMemory<byte> key) => _key = key.IsEmpty ? RandomNumberGenerator.GetBytes(LeastKey) : key.ToArray();

    /// <exception cref="ArgumentException">The key is too short.</exception>
    public static void Check(ReadOnlyMemory<byte> key)
    {
        if (key.Length is > 0 and < LeastKey)
        {
            throw new ArgumentException($"The key has {key.Length} bytes. Give at least {LeastKey}, or none for a random one.", nameof(key));
        }
    }

    public string TokenOf(SecretKind kind, string secret)
    {
        var word = kind switch
        {
            SecretKind.Email => SecretToken.Email,
            SecretKind.IpAddress => SecretToken.IpAddress,
            _ => WebTokens.IsServiceRole(secret) ? SecretToken.ServiceRole : SecretToken.Secret,
        };
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(secret), hash);
        var digits = Convert.ToHexStringLower(hash[..8]);
        lock (_gate)
        {
            foreach (var length in SecretToken.Lengths)
            {
                var shown = digits[..length];
                if (_owners.TryGetValue(shown, out var owner))
                {
                    if (owner == digits)
                    {
                        return SecretToken.Of(word, shown);
                    }
                }
                else if (_owners.Count < MostShort)
                {
                    _owners.Add(shown, digits);
                    return SecretToken.Of(word, shown);
                }
            }
        }

        return SecretToken.Of(word, digits);
    }
}
