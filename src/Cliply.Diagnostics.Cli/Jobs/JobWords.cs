using System.Globalization;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>What is known of jobs in words for people.</summary>
internal static class JobWords
{
    /// <summary>"1,234", "10,000+" where counting stopped, "not known".</summary>
    public static string Count(long? count, bool isLowerBound = false) =>
        count is { } known ? known.ToString("N0", CultureInfo.InvariantCulture) + (isLowerBound && known > 0 ? "+" : "") : Words.Unknown;

    /// <summary>A time with its age by the database's clock; empty where there is none.</summary>
    public static Span[] Time(DateTimeOffset? time, DateTimeOffset now) => time switch
    {
        null => [],
        { } at when at == DateTimeOffset.MaxValue => ["never"],
        { } at when at == DateTimeOffset.MinValue => ["always"],
        { } at => [ReportWords.Of(at), Span.Muted($"({Words.Ago(at, now)})")],
    };

    /// <summary>"2 of 5", "2", "not known".</summary>
    public static string Attempts(long? attempts, long? maxAttempts) => (attempts, maxAttempts) switch
    {
        (null, _) => Words.Unknown,
        (_, null) => Count(attempts),
        _ => $"{Count(attempts)} of {Count(maxAttempts)}",
    };

    /// <summary>"1,234 bytes, keys: a, b", "none".</summary>
    public static string Document(JobDocument? document) => document switch
    {
        null => "none",
        { Keys: null } => $"{Count(document.Bytes)} bytes",
        { Keys.Count: 0 } => $"{Count(document.Bytes)} bytes, no keys",
        { Keys: var keys } => $"{Count(document.Bytes)} bytes, keys: {string.Join(", ", keys)}{(document.HasMoreKeys ? ", …" : "")}",
    };

    /// <summary>How long ago, or "0 s" where it lies in the future.</summary>
    public static string Since(DateTimeOffset time, DateTimeOffset now) => Wording.Duration(now - time);

    /// <summary>An SQL statement for psql.</summary>
    public static RunbookCommand Psql(string sql, CommandEffect effect) =>
        new(CommandPlatform.Any, $"psql \"$DATABASE_URL\" -c {Commands.Word(sql)}", effect);
}
