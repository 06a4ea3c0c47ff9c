namespace Cliply.Diagnostics.Environments;

/// <summary>What can be said of an environment variable without saying its value.</summary>
internal enum VariableState
{
    Set,
    Missing,
    Blank,
    Placeholder,
    Malformed,
}
