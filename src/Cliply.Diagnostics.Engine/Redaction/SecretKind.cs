namespace Cliply.Diagnostics.Redaction;

/// <summary>How a secret was recognised.</summary>
public enum SecretKind
{
    /// <summary>A value that the redactor was told, in whatever encoding.</summary>
    Known,

    /// <summary>The value of a key that is named like a secret: <c>password=…</c>, <c>"apiKey": "…"</c>, a cookie, a signature.</summary>
    NamedValue,

    /// <summary>User and password in a URL.</summary>
    UrlCredentials,

    /// <summary>A JSON web token, or a part of one.</summary>
    WebToken,

    /// <summary>A token that a provider's prefix or form gives away.</summary>
    ProviderToken,

    /// <summary>What follows <c>Bearer</c> or <c>Basic</c>.</summary>
    AuthorizationScheme,

    /// <summary>A PEM block, or what is left of one.</summary>
    PemBlock,

    /// <summary>A webhook's URL, which is all that is needed to post there.</summary>
    Webhook,

    /// <summary>An email address; looked for by option.</summary>
    Email,

    /// <summary>An IP address; looked for by option.</summary>
    IpAddress,
}
