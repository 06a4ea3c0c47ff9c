using Cliply.Diagnostics;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Sqlite;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Reads the job store from SQLite.</summary>
public static class CliplySqliteServiceCollectionExtensions
{
    /// <summary>
    /// Reads the job table of a SQLite file in place of PostgreSQL, whether called before or after
    /// <c>AddCliplyHealthChecks</c>. The file is only ever opened for reading, except by
    /// <c>AddCliplyWorkerHeartbeat</c>, which writes this worker's row to it. Safe to call twice; the last call wins.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connectionString">Names the file, as in <c>Data Source=jobs.db</c>.</param>
    /// <exception cref="ArgumentException">The connection string can't be read or names no file.</exception>
    public static IServiceCollection AddCliplySqliteJobStore(this IServiceCollection services, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(services);
        var (readOnly, writing) = Parse(connectionString);
        services.AddCliplyOptions();
        services.Replace(ServiceDescriptor.Singleton<IWorkerRegistry>(provider => new SqliteWorkerRegistry(writing, provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>())));
        return services.Replace(ServiceDescriptor.Singleton<IJobStoreCollector>(provider => new SqliteJobStoreCollector(
            readOnly,
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            provider.GetRequiredService<LogPatternMatcher>(),
            provider.GetRequiredService<TimeProvider>())));
    }

    private static (string ReadOnly, string Writing) Parse(string connectionString)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException)
        {
            // The parser's message repeats what it was given.
            throw new ArgumentException("The SQLite connection string can't be read. Use one such as Data Source=jobs.db.", nameof(connectionString));
        }

        if (string.IsNullOrWhiteSpace(builder.DataSource))
        {
            throw new ArgumentException("The SQLite connection string names no file. Use one such as Data Source=jobs.db.", nameof(connectionString));
        }

        builder.Pooling = false;
        builder.DefaultTimeout = 1;
        builder.Mode = SqliteOpenMode.ReadWrite;
        var writing = builder.ToString();
        builder.Mode = SqliteOpenMode.ReadOnly;
        return (builder.ToString(), writing);
    }
}
