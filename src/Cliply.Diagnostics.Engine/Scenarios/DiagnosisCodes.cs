namespace Cliply.Diagnostics.Scenarios;

/// <summary>The codes of the built-in diagnoses.</summary>
public static partial class DiagnosisCodes
{
    // Each constant is at the top of the file of its scenario.
}
