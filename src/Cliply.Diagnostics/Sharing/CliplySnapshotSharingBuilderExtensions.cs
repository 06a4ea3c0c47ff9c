using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Sharing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets the hosts of one job store collect the fleet once for all.</summary>
public static class CliplySnapshotSharingBuilderExtensions
{
    /// <summary>
    /// Collects the fleet once in each <see cref="CliplyDiagnosticsOptions.SnapshotMaxAge"/> for all hosts that call this and
    /// have the same job store in PostgreSQL and the same options. One of them collects and leaves the result in the table
    /// <c>cliply_snapshot</c>, created with <see cref="SnapshotSharingSchema"/>; the others take it from there. What a host
    /// sees of itself, such as its binaries, its environment and the workers of its own machine, it always collects itself
    /// (see <see cref="IEvidenceCollector.SeesWholeFleet"/>). A host that can't share, or would have to wait too long,
    /// collects for itself within the same deadline; that is logged, and never a failure. Safe to call twice.
    /// </summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:SnapshotSharing</c>. They are validated when the host starts.</param>
    /// <returns>The builder.</returns>
    public static TBuilder ShareSnapshots<TBuilder>(this TBuilder builder, Action<SnapshotSharingOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddSharing(builder.Services, configure);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISnapshotExchange, PostgresSnapshotExchange>());
        return builder;
    }

    /// <summary>
    /// Does the same through the host's <see cref="IDistributedCache"/>, such as Redis, for any job store. A cache has no
    /// lock: at worst two hosts collect at once. Each host still asks the database for a sign of life, with one round trip,
    /// before it takes what another has read from it. The last call of this and
    /// <see cref="ShareSnapshots{TBuilder}"/> wins.
    /// </summary>
    /// <inheritdoc cref="ShareSnapshots{TBuilder}"/>
    public static TBuilder ShareSnapshotsInDistributedCache<TBuilder>(this TBuilder builder, Action<SnapshotSharingOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddSharing(builder.Services, configure);
        builder.Services.Replace(ServiceDescriptor.Singleton<ISnapshotExchange, DistributedCacheSnapshotExchange>());
        return builder;
    }

    private static void AddSharing(IServiceCollection services, Action<SnapshotSharingOptions>? configure)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<SnapshotSharingOptions>, SnapshotSharingOptionsBinding>(
            provider => new SnapshotSharingOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SnapshotSharingOptions>, SnapshotSharingOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SnapshotSharingOptions>, SnapshotSharingOptionsRules>(
            provider => new SnapshotSharingOptionsRules(provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(), services)));
        services.AddOptions<SnapshotSharingOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton<SharingScope>();
        services.TryAddSingleton<SnapshotSharing>();
    }
}
