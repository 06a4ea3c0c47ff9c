namespace Cliply.Diagnostics.Cli.Comparing;

/// <summary>Something that differs between two recordings.</summary>
/// <param name="Subject">A diagnosis code, or the contract's name of a measurement.</param>
/// <param name="Before">Null: was not there, or not known.</param>
/// <param name="After">Null: is not there any more, or not known.</param>
internal sealed record Change(string Subject, string? Before, string? After);
