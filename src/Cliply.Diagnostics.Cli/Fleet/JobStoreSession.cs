using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>The job store alone, for a verb that asks nothing else.</summary>
internal sealed class JobStoreSession : IAsyncDisposable
{
    private readonly DatabaseConnection _database;
    private readonly PostgresConnectionSource _source;
    private readonly LogPatternMatcher _patterns;

    private JobStoreSession(DatabaseConnection database, CliplyDiagnosticsOptions options, SecretRedactor redactor)
    {
        Redactor = redactor;
        _database = database;
        Options = options;
        _source = new PostgresConnectionSource(Microsoft.Extensions.Options.Options.Create(options), configuration: null, hostDataSource: null, _ => null, new PostgresConnectionUse("cliply", options.CollectorDeadline, MaxPoolSize: 1));
        _patterns = new LogPatternMatcher(recommendedVariables: options.Environment.Recommended, redactor: redactor);
        Lookup = new PostgresJobLookup(_source, options.JobStore, options.CollectorDeadline, _patterns, TimeProvider.System);
    }

    public CliplyDiagnosticsOptions Options { get; }

    public PostgresJobLookup Lookup { get; }

    /// <summary>Takes every secret that this process knows out of what it shows.</summary>
    public SecretRedactor Redactor { get; }

    /// <param name="settings">Where it reads.</param>
    /// <param name="configure">Changes which job table; null: the one that the settings name.</param>
    /// <exception cref="CliException">No database is named.</exception>
    public static async Task<JobStoreSession> OpenAsync(FleetSettings settings, Action<JobStoreOptions>? configure = null)
    {
        if (settings.Database is not { } database)
        {
            throw new CliException(ExitCodes.Usage, "no database is named. Give --database-url URL, or set DATABASE_URL or ConnectionStrings__Cliply.");
        }

        await database.AnnounceAsync();
        var options = settings.ReadOptions();
        options.ConnectionString = database.ConnectionString;
        configure?.Invoke(options.JobStore);
        return new JobStoreSession(database, options, settings.CreateRedactor(options));
    }

    /// <summary>Reads the queue as <c>cliply diagnose</c> does, without secrets and with names of a length that can be shown.</summary>
    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        var collector = new PostgresJobStoreCollector(_source, Microsoft.Extensions.Options.Options.Create(Options), _patterns, TimeProvider.System);
        var evidence = await Progress.WhileAsync("reading the queue", collector.CollectAsync(cancellationToken));
        var shown = NameLimits.Apply(Redactor.Redact(new DiagnosticSnapshot
        {
            SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
            CapturedAt = evidence.CapturedAt ?? DateTimeOffset.UnixEpoch,
            Workers = evidence.Workers,
            Queue = evidence.Queue,
        }));
        return evidence with { Workers = shown.Workers, Queue = shown.Queue };
    }

    /// <summary>What ends a verb that got no answer: the database can't be read, or only this statement was too slow.</summary>
    public CliException Unanswered(JobStoreFailure failure) => failure switch
    {
        { Status: DatabaseStatus.Timeout, SqlState: not null } => new CliException(ExitCodes.Inconclusive, $"the database answers, but {failure.Message}. Give it longer with --timeout, or try again."),
        _ => new CliException(ExitCodes.Unavailable, $"the database that {_database.Source} names can't be read: {failure.Message}."),
    };

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
