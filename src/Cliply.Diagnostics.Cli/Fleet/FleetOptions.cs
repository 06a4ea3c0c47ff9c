using System.CommandLine;
using Cliply.Diagnostics.Cli.CommandLine;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>The flags of a verb that reads the job store: which database, which configuration, how long.</summary>
/// <param name="withConfiguration">Whether there is <c>--config</c>; not where the verb writes that file.</param>
internal sealed class FleetOptions(bool withConfiguration = true)
{
    private readonly Option<string?> _databaseUrl = new("--database-url")
    {
        Description = "The database: postgres://user:password@host/database, or an Npgsql connection string. Default: DATABASE_URL, then ConnectionStrings__Cliply, then the configuration file.",
        HelpName = "URL",
    };

    private readonly Option<string?> _config = CreateConfig();

    private readonly Option<TimeSpan?> _timeout = DurationOption.Create("--timeout", "How long one source of evidence may take to answer. Default: 5s.", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(4));

    public Option<string?> DatabaseUrl => _databaseUrl;

    public static Option<string?> CreateConfig() => new("--config") { Description = $"A JSON file with the section {CliplyDiagnosticsOptions.SectionName}, as cliply init writes it. Default: {ConfigurationFile.DefaultName}, if there.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_databaseUrl);
        if (withConfiguration)
        {
            command.Add(_config);
        }

        command.Add(_timeout);
    }

    /// <summary>What the flags, the environment and the file say together.</summary>
    /// <exception cref="CliException">One of them can't be used.</exception>
    public FleetSettings Read(ParseResult parsed)
    {
        var file = ConfigurationFile.Read(withConfiguration ? parsed.GetValue(_config) : null);
        return new FleetSettings(file, DatabaseConnection.Find(parsed.GetValue(_databaseUrl), file), parsed.GetValue(_timeout));
    }
}
