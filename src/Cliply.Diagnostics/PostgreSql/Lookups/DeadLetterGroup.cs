namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>Dead letters of one kind whose errors show one pattern.</summary>
/// <param name="Pattern">The pattern's code; null: they show none.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many of those that were looked at.</param>
/// <param name="Newest">When the newest died; null: the table does not tell.</param>
/// <param name="Sample">The newest one's error; null: it has none.</param>
internal sealed record DeadLetterGroup(string? Pattern, string Kind, long Count, DateTimeOffset? Newest, string? Sample);
