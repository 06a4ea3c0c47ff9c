namespace Cliply.Diagnostics.Scenarios;

/// <summary>The codes of causes. Those that are a log pattern found in jobs or logs have the pattern's code.</summary>
internal static partial class CauseCodes
{
    // Each constant is at the top of the file of the scenario whose page says how to remove the cause.
}
