using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sharing;

/// <summary>What must hold besides; looks at what the host has registered by the time it starts.</summary>
internal sealed class SnapshotSharingOptionsRules(IOptions<CliplyDiagnosticsOptions> diagnostics, IServiceCollection services) : IValidateOptions<SnapshotSharingOptions>
{
    public ValidateOptionsResult Validate(string? name, SnapshotSharingOptions options)
    {
        var failures = new List<string>();
        var inPostgres = Last(typeof(ISnapshotExchange))?.ImplementationType == typeof(PostgresSnapshotExchange);
        if (inPostgres && Last(typeof(IJobStoreCollector))?.ImplementationType != typeof(PostgresJobStoreCollector))
        {
            failures.Add("ShareSnapshots shares through the job store in PostgreSQL, and the job store is another one. Call ShareSnapshotsInDistributedCache instead, or leave it out.");
        }

        if (!inPostgres && Last(typeof(IDistributedCache)) is null)
        {
            failures.Add("ShareSnapshotsInDistributedCache needs an IDistributedCache, and none is registered. Register one, as with AddStackExchangeRedisCache, or call ShareSnapshots instead.");
        }

        if (MaxAge() is { } maxAge && maxAge <= TimeSpan.Zero)
        {
            failures.Add($"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.SnapshotMaxAge)} ({maxAge}) leaves nothing to share. Raise it, or leave ShareSnapshots out.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private ServiceDescriptor? Last(Type service) => services.LastOrDefault(d => d.ServiceType == service && !d.IsKeyedService);

    /// <summary>Null where those options are wrong themselves, which their own validation tells.</summary>
    private TimeSpan? MaxAge()
    {
        try
        {
            return diagnostics.Value.SnapshotMaxAge;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}
