using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>One look into the job store for a verb that asks for more than the diagnosis does.</summary>
internal static class DatabaseSession
{
    /// <summary>Opens a connection, looks at the catalog, and lets the verb read, all within <see cref="FleetSettings.DatabaseDeadline"/>.</summary>
    /// <param name="settings">Where it reads.</param>
    /// <param name="options">The library's options.</param>
    /// <param name="read">The verb's own statements; they run in read-only transactions of their own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CliException">No database is named (64), or it can't be read (69).</exception>
    public static async Task<T> ReadAsync<T>(FleetSettings settings, CliplyDiagnosticsOptions options, Func<NpgsqlConnection, JobTable, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        if (settings.Database is not { } database)
        {
            throw new CliException(ExitCodes.Usage, "no database is named. Give --database-url URL, or set DATABASE_URL.");
        }

        await Console.Error.WriteLineAsync($"cliply: reads the database that {database.Source} names");
        options.ConnectionString = database.ConnectionString;
        var deadline = settings.DatabaseDeadline;
        await using var source = new PostgresConnectionSource(Options.Create(options), null, null, _ => null, new PostgresConnectionUse("cliply", deadline, MaxPoolSize: 1));
        using var limit = new CancellationTokenSource(deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await Progress.WhileAsync("reading the database", ReadAsync().WaitAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(new JobStoreFailure(Evidence.DatabaseStatus.Timeout, "no answer in time; a longer --timeout may help"));
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            throw Unavailable(PostgresFailures.Of(exception));
        }

        async Task<T> ReadAsync()
        {
            await using var connection = await source.DataSource!.OpenConnectionAsync(either.Token);
            var (table, failure) = await new JobTableReader(options.JobStore, new LogPatternMatcher()).ReadAsync(connection, deadline * 0.7, either.Token);
            return table is null ? throw Unavailable(failure!) : await read(connection, table, either.Token);
        }

        CliException Unavailable(JobStoreFailure failure) => new(ExitCodes.Unavailable, $"the database that {database.Source} names can't be read: {failure.Message}.");
    }
}
