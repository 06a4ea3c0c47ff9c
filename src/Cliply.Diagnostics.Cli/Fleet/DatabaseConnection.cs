using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Configuration;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>Which database a verb reads, and who named it.</summary>
/// <param name="Source">The option, variable or file that named it; never its value.</param>
/// <param name="ConnectionString">As given: an Npgsql connection string or a <c>postgres://</c> URL.</param>
internal sealed record DatabaseConnection(string Source, string ConnectionString)
{
    private const string OptionKey = $"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.ConnectionString)}";

    private bool _isAnnounced;

    /// <summary>Says once on standard error which database is read.</summary>
    public async Task AnnounceAsync()
    {
        if (!_isAnnounced)
        {
            _isAnnounced = true;
            await Console.Error.WriteLineAsync($"cliply: reads the database that {Source} names");
        }
    }

    /// <summary>The first that names one: <c>--database-url</c>, <c>DATABASE_URL</c>, <c>ConnectionStrings__Cliply</c>, the configuration file. Null where none does.</summary>
    /// <exception cref="CliException">It is malformed.</exception>
    public static DatabaseConnection? Find(string? databaseUrl, ConfigurationFile file)
    {
        (string Source, string? Value)[] places =
        [
            ("--database-url", databaseUrl),
            ("DATABASE_URL", Environment.GetEnvironmentVariable("DATABASE_URL")),
            ("ConnectionStrings__Cliply", Environment.GetEnvironmentVariable("ConnectionStrings__Cliply")),
            ("Cliply__Diagnostics__ConnectionString", Environment.GetEnvironmentVariable("Cliply__Diagnostics__ConnectionString")),
            ($"ConnectionStrings:Cliply of {file.Name}", file.Content?.GetConnectionString("Cliply")),
            ($"{OptionKey} of {file.Name}", file.Content?[OptionKey]),
        ];
        var (source, value) = Array.Find(places, p => !string.IsNullOrWhiteSpace(p.Value));
        if (value is null)
        {
            return databaseUrl is null ? null : throw new CliException(ExitCodes.Usage, "--database-url is empty. Give a postgres:// URL or an Npgsql connection string; a shell variable in it may not be set.");
        }

        return PostgresConnectionString.TryParse(value, out _, out var problem)
            ? new DatabaseConnection(source, value)
            : throw new CliException(ExitCodes.Usage, $"{source} can't be used: {problem}");
    }
}
