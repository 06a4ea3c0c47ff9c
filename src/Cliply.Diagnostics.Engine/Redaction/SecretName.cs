namespace Cliply.Diagnostics.Redaction;

/// <summary>What a name says about its value.</summary>
internal enum SecretName
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is a secret.</summary>
    Certain,

    /// <summary>It is a secret unless it is a small number, as of tests that pass.</summary>
    Likely,

    /// <summary>It is a secret behind an equals sign; behind a colon it is what a function looks like.</summary>
    Signature,

    /// <summary>It is a secret where it looks random: a key may also be that of a row or a cache.</summary>
    Key,

    /// <summary>It is a secret, or the path of the file that holds it.</summary>
    Credentials,

    /// <summary>It holds user and password before an @.</summary>
    Dsn,

    /// <summary>It is a secret to the end of its line.</summary>
    Cookie,

    /// <summary>It is a scheme and a secret.</summary>
    Authorization,

    /// <summary><c>PWD</c>: a secret unless it is a path.</summary>
    WorkingFolder,
}
