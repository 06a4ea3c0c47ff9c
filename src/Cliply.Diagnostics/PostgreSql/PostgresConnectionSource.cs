using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>
/// Where the job store is: the option, <c>ConnectionStrings:Cliply</c>, the host's own <see cref="NpgsqlDataSource"/>, or
/// <c>DATABASE_URL</c>, the first that is there.
/// </summary>
internal sealed class PostgresConnectionSource : IAsyncDisposable, IDisposable
{
    private const string NotConfigured =
        "no job store is configured. Set the option ConnectionString, ConnectionStrings:Cliply or DATABASE_URL, register an NpgsqlDataSource, or choose another store.";

    public PostgresConnectionSource(IOptions<CliplyDiagnosticsOptions> options, IConfiguration? configuration, NpgsqlDataSource? hostDataSource, Func<string, string?> environment, PostgresConnectionUse? use = null)
    {
        var (key, text) = Find(options.Value, configuration, hostDataSource is not null, environment);
        if (text is not null)
        {
            if (PostgresConnectionString.TryParse(text, out var builder, out var problem))
            {
                DataSource = Create(builder, use ?? new PostgresConnectionUse("cliply-diagnostics", options.Value.CollectorDeadline, MaxPoolSize: 2));
            }
            else
            {
                Problem = $"{key} can't be used: {problem}";
            }
        }
        else if (hostDataSource is not null)
        {
            DataSource = hostDataSource;
            IsHosts = true;
        }
        else
        {
            Problem = NotConfigured;
        }
    }

    /// <summary>Null where nothing usable is configured; then <see cref="Problem"/> says what to do.</summary>
    public NpgsqlDataSource? DataSource { get; }

    /// <summary>Tells this database from others; the password is not in it.</summary>
    public string Identity
    {
        get
        {
            var builder = new NpgsqlConnectionStringBuilder(DataSource?.ConnectionString);
            return $"{builder.Host}:{builder.Port}/{builder.Database}";
        }
    }

    /// <summary>Whether the connections are the host's own, with the host's settings and pool.</summary>
    public bool IsHosts { get; }

    public string? Problem { get; }

    public void Dispose()
    {
        if (!IsHosts)
        {
            DataSource?.Dispose();
        }
    }

    public ValueTask DisposeAsync() => !IsHosts && DataSource is not null ? DataSource.DisposeAsync() : ValueTask.CompletedTask;

    private static (string? Key, string? Text) Find(CliplyDiagnosticsOptions options, IConfiguration? configuration, bool hasDataSource, Func<string, string?> environment)
    {
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            return ($"{CliplyDiagnosticsOptions.SectionName}:{nameof(options.ConnectionString)}", options.ConnectionString);
        }

        if (configuration?.GetConnectionString("Cliply") is { } named && !string.IsNullOrWhiteSpace(named))
        {
            return ("ConnectionStrings:Cliply", named);
        }

        return !hasDataSource && (configuration?["DATABASE_URL"] ?? environment("DATABASE_URL")) is { } url && !string.IsNullOrWhiteSpace(url)
            ? ("DATABASE_URL", url)
            : (null, null);
    }

    /// <summary>A small pool that is safe behind a transaction pooler and gives up before the deadline.</summary>
    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder builder, PostgresConnectionUse use)
    {
        var seconds = Math.Max(1, (int)(use.Deadline.TotalSeconds / 2));
        builder.ApplicationName = use.ApplicationName;
        builder.Timeout = seconds;
        builder.CommandTimeout = seconds + 1;
        builder.CancellationTimeout = 500;
        builder.MinPoolSize = 0;
        builder.MaxPoolSize = use.MaxPoolSize;
        builder.ConnectionIdleLifetime = 60;
        builder.NoResetOnClose = true;
        builder.MaxAutoPrepare = 0;
        builder.Multiplexing = false;
        builder.Enlist = false;
        builder.PersistSecurityInfo = false;
        builder.IncludeErrorDetail = false;
        builder.GssEncryptionMode = GssEncryptionMode.Disable;
        return NpgsqlDataSource.Create(builder);
    }
}
