using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>The PostgreSQL collector with its own connections.</summary>
internal sealed class CollectorUnderTest : IAsyncDisposable
{
    private readonly PostgresConnectionSource _source;
    private readonly PostgresJobStoreCollector _collector;

    public CollectorUnderTest(string connectionString, Action<CliplyDiagnosticsOptions>? configure = null, TimeProvider? time = null, ILogger<PostgresJobStoreCollector>? logger = null)
    {
        var options = new CliplyDiagnosticsOptions { ConnectionString = connectionString };
        configure?.Invoke(options);
        _source = new PostgresConnectionSource(Options.Create(options), configuration: null, hostDataSource: null, _ => null);
        _collector = new PostgresJobStoreCollector(_source, Options.Create(options), new LogPatternMatcher(), time ?? TimeProvider.System, logger);
    }

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken = default) => _collector.CollectAsync(cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
