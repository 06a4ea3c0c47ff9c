namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>The newest dead letters whose errors show the same pattern, the job itself among them.</summary>
/// <param name="Count">How many.</param>
/// <param name="Examined">Of how many.</param>
/// <param name="Newest">When the newest died; null: the table does not tell.</param>
internal sealed record SameDeaths(long Count, long Examined, DateTimeOffset? Newest);
