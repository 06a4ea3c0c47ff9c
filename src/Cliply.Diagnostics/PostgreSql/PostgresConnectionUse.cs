namespace Cliply.Diagnostics.PostgreSql;

/// <summary>What connections are for.</summary>
/// <param name="ApplicationName">What the server shows for them.</param>
/// <param name="Deadline">What opening one and running a statement must fit into.</param>
/// <param name="MaxPoolSize">How many there may be.</param>
internal sealed record PostgresConnectionUse(string ApplicationName, TimeSpan Deadline, int MaxPoolSize);
