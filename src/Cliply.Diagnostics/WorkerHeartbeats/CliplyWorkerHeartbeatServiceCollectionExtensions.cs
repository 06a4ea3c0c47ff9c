using Cliply.Diagnostics;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes a worker visible while it is idle.</summary>
public static class CliplyWorkerHeartbeatServiceCollectionExtensions
{
    /// <summary>
    /// Announces this process as a worker: one row in the table <c>cliply_workers</c> of the job store, written every
    /// 5 seconds with one statement, and removed when the host stops. The table is created with
    /// <see cref="WorkerHeartbeatSchema"/>, never on its own; until it is there, that is logged once and looked at again
    /// every minute. The job store is found as for the diagnostics. Tell of jobs through <see cref="IWorkerActivity"/>, and
    /// claim them under its <see cref="IWorkerActivity.WorkerId"/>. The heartbeat proves that the process lives, not that
    /// its job loop turns: a hung loop shows by its jobs' own heartbeats and by due jobs that nobody claims. No failure of it
    /// reaches the host, and a worker takes no readings of the fleet because of it. Safe to call twice.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:WorkerHeartbeat</c>. They are validated when the host starts.</param>
    public static IServiceCollection AddCliplyWorkerHeartbeat(this IServiceCollection services, Action<WorkerHeartbeatOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddCliplyOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<WorkerHeartbeatOptions>, WorkerHeartbeatOptionsBinding>(
            provider => new WorkerHeartbeatOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkerHeartbeatOptions>, WorkerHeartbeatOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkerHeartbeatOptions>, WorkerHeartbeatOptionsRules>());
        services.AddOptions<WorkerHeartbeatOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddSingleton<WorkerActivity>();
        services.TryAddSingleton<IWorkerActivity>(provider => provider.GetRequiredService<WorkerActivity>());
        services.TryAddSingleton<IWorkerRegistry>(provider => new PostgresWorkerRegistry(
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            provider.GetRequiredService<IOptions<WorkerHeartbeatOptions>>(),
            provider.GetService<IConfiguration>(),
            provider.GetService<NpgsqlDataSource>(),
            System.Environment.GetEnvironmentVariable));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkerHeartbeatService>());
        return services;
    }
}
