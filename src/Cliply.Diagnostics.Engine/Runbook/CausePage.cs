namespace Cliply.Diagnostics.Runbook;

/// <summary>What the catalog knows of a cause, whatever the diagnosis.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Title">As reports title it.</param>
/// <param name="Meaning">In plain words.</param>
internal sealed record CausePage(string Code, string Title, string Meaning)
{
    /// <summary>Other diagnoses whose pages help.</summary>
    public IReadOnlyList<string> SeeAlso { get; init; } = [];

    /// <summary>The runbook's own heading for it; null: that of the diagnosis.</summary>
    public string? Runbook { get; init; }
}
