namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>Something that happened to a job.</summary>
/// <param name="At">When, by the database's clock.</param>
/// <param name="Stage">What, such as <c>claimed</c>.</param>
/// <param name="Data">What was noted with it, redacted and cut; null: nothing.</param>
internal sealed record JobEvent(DateTimeOffset? At, string Stage, string? Data);
