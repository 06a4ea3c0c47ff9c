namespace Cliply.Diagnostics.Reports;

/// <summary>A question that narrows the cause down.</summary>
/// <param name="Question">The question.</param>
/// <param name="Commands">Commands that answer it.</param>
public sealed record NextCheck(string Question, IReadOnlyList<RunbookCommand> Commands);
