using System.Buffers;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Which names of keys, variables, headers and parameters say that the value is a secret.</summary>
internal static class SecretNames
{
    /// <summary>The longest name that is looked at, in characters.</summary>
    public const int Longest = 80;

    /// <summary>Endings of a name, without its separators and in lower case.</summary>
    private static readonly string[] Certain =
    [
        "password", "passwd", "passphrase", "passcode", "passwort", "pwd", "secret", "apikey", "accesskey", "accesskeyid", "secretkey", "privatekey", "privatekeyid",
        "signingkey", "signkey", "encryptionkey", "masterkey", "rolekey", "accountkey", "servicekey", "authkey", "anonkey", "adminkey",
        "clientkey", "licensekey", "webhookkey", "hmackey", "jwtkey", "sshkey", "gpgkey", "deploykey", "subscriptionkey", "functionskey", "sessionkey", "sharedkey",
        "sessiontoken", "accesstoken", "refreshtoken", "idtoken", "authtoken", "securitytoken", "bearertoken", "csrftoken", "apitoken",
        "clientsecret", "jsessionid", "phpsessid", "connectsid", "userpass", "dbpass", "proxyauthorization",
    ];

    /// <summary>Words that say what of a secret it is: its value, an older one, its hash.</summary>
    private static readonly string[] Fillers = ["value", "hash", "raw", "plain", "plaintext", "text", "old", "new", "prev", "previous", "current", "base", "b", "encoded", "data", "string"];

    /// <summary>One of these is in every such name; most names have none.</summary>
    private static readonly SearchValues<string> Stems = SearchValues.Create(
        ["pass", "pwd", "secret", "token", "key", "cred", "cookie", "auth", "sig", "hmac", "dsn", "jwt", "bearer", "sess", "sid"], StringComparison.OrdinalIgnoreCase);

    /// <summary>What a name says about its value.</summary>
    /// <param name="name">Letters, digits, and <c>_ - . $</c>.</param>
    public static SecretName KindOf(ReadOnlySpan<char> name)
    {
        if (name.Length is < 3 or > Longest || !name.ContainsAny(Stems))
        {
            return SecretName.None;
        }

        Span<char> flat = stackalloc char[Longest];
        Span<int> words = stackalloc int[Longest];
        var (length, count) = Flatten(name, flat, words);
        while (count > 1 && Fillers.AsSpan().Contains(flat[words[count - 1]..length].ToString()))
        {
            length = words[--count];
        }

        ReadOnlySpan<char> all = flat[..length];
        if (count == 0 || all.IsEmpty)
        {
            return SecretName.None;
        }

        var last = all[words[count - 1]..];
        if (last is "cookie" || all.EndsWith("setcookie", StringComparison.Ordinal))
        {
            return SecretName.Cookie;
        }

        if (last is "authorization")
        {
            return SecretName.Authorization;
        }

        if (all is "pwd" or "oldpwd" && name.IndexOfAnyInRange('a', 'z') < 0)
        {
            return SecretName.WorkingFolder;
        }

        foreach (var ending in Certain)
        {
            if (all.EndsWith(ending, StringComparison.Ordinal))
            {
                return SecretName.Certain;
            }
        }

        return last switch
        {
            "pass" or "auth" or "bearer" or "jwt" => SecretName.Likely,
            "sig" or "signature" or "hmac" => SecretName.Signature,
            "dsn" => SecretName.Dsn,
            "credential" or "credentials" => SecretName.Credentials,
            "key" when count > 1 && name.IndexOfAnyInRange('a', 'z') < 0 => SecretName.Key,
            _ when all.EndsWith("token", StringComparison.Ordinal) => SecretName.Likely,
            _ when all.EndsWith("signature", StringComparison.Ordinal) => SecretName.Signature,
            _ => SecretName.None,
        };
    }

    /// <summary>Puts the words together in lower case, without separators and the digits behind a word; <paramref name="words"/> says where each begins.</summary>
    private static (int Length, int Words) Flatten(ReadOnlySpan<char> name, Span<char> flat, Span<int> words)
    {
        var length = 0;
        var count = 0;
        var isInWord = false;
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (!char.IsAsciiLetter(c))
            {
                // "password2" is one word and a number, "s3cret" is one word.
                if (!char.IsAsciiDigit(c) || i + 1 == name.Length || !char.IsAsciiLetter(name[i + 1]) || !isInWord)
                {
                    isInWord = false;
                    continue;
                }
            }

            var isNew = !isInWord
                || (char.IsAsciiLetterUpper(c) && (char.IsAsciiLetterLower(name[i - 1]) || (char.IsAsciiLetterUpper(name[i - 1]) && i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]))));
            if (isNew)
            {
                words[count++] = length;
            }

            isInWord = true;
            flat[length++] = char.ToLowerInvariant(c);
        }

        return (length, count);
    }
}
