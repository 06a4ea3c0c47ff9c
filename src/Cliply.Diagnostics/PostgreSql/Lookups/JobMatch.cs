namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>A job whose id starts as asked for.</summary>
internal sealed record JobMatch(string Id, string Kind, string State);
