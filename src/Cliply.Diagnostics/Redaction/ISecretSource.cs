namespace Cliply.Diagnostics.Redaction;

/// <summary>Knows secrets that must not leave the process: those of the environment, of the configuration, of a package's options.</summary>
internal interface ISecretSource
{
    /// <summary>The exact values, read once; null where one is not set.</summary>
    IEnumerable<string?> Secrets { get; }
}
