using System.Text.RegularExpressions;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.PostgreSql.Lookups;

/// <summary>The lookup with its own connections; patient, for the machine may be busy.</summary>
internal sealed class LookupUnderTest : IAsyncDisposable
{
    private readonly PostgresConnectionSource _source;
    private readonly PostgresJobLookup _lookup;

    public LookupUnderTest(string connectionString, Action<JobStoreOptions>? configure = null, TimeSpan? deadline = null)
    {
        var options = new CliplyDiagnosticsOptions { ConnectionString = connectionString };
        configure?.Invoke(options.JobStore);
        var limit = deadline ?? TimeSpan.FromMinutes(1);
        _source = new PostgresConnectionSource(Options.Create(options), null, null, _ => null, new PostgresConnectionUse("cliply", limit, MaxPoolSize: 1));
        _lookup = new PostgresJobLookup(_source, options.JobStore, limit, new LogPatternMatcher(), TimeProvider.System);
    }

    public static async Task<JobLookup> FindAsync(TestDatabase database, string id, Action<JobStoreOptions>? configure = null)
    {
        await using var lookup = new LookupUnderTest(database.ConnectionString, configure);
        return await lookup.FindAsync(id);
    }

    public static async Task<JobDetails> FindJobAsync(TestDatabase database, string id) =>
        (await FindAsync(database, id)).Should().BeOfType<JobLookup.Found>().Which.Job;

    public static async Task<DeadLetterLookup> ListAsync(TestDatabase database, int limit = 10, string? kind = null, Action<JobStoreOptions>? configure = null)
    {
        await using var lookup = new LookupUnderTest(database.ConnectionString, configure);
        return await lookup.ListAsync(limit, kind);
    }

    /// <summary>The text with one token for all secrets; the real ones differ from process to process.</summary>
    public static string? Masked(string? text) => text is null ? null : Regex.Replace(text, "‹secret:[0-9a-f]+›", "‹secret›");

    public Task<JobLookup> FindAsync(string id) => _lookup.FindAsync(id, TestContext.Current.CancellationToken);

    public Task<DeadLetterLookup> ListAsync(int limit, string? kind) => _lookup.ListDeadLettersAsync(limit, kind, TestContext.Current.CancellationToken);

    public Task<CountingCost> FindCountingCostAsync() => _lookup.FindCountingCostAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
