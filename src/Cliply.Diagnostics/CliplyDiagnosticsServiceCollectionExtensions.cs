using Cliply.Diagnostics;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Environments;
using Cliply.Diagnostics.HealthChecks;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Metrics;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Scenarios;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Cliply.Diagnostics to a host.</summary>
public static class CliplyDiagnosticsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the diagnostics and their health checks: <c>cliply-ffmpeg</c>, <c>cliply-yt-dlp</c>, <c>cliply-database</c>,
    /// <c>cliply-heartbeat</c>, <c>cliply-queue-backlog</c>, <c>cliply-environment</c> and <c>cliply-diagnosis</c>, tagged
    /// <c>cliply</c> and <c>ready</c>. All read one shared snapshot. None belongs on a liveness endpoint: a probe that fails
    /// with the database restarts every host. Safe to call twice.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics</c>. They are validated when the host starts.</param>
    /// <returns>The host's health checks, to add more, and the diagnostics, to add evidence.</returns>
    public static CliplyHealthChecksBuilder AddCliplyHealthChecks(this IServiceCollection services, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        services.AddCliplyDiagnostics(configure);
        var builder = new CliplyHealthChecksBuilder(services.AddHealthChecks());
        if (services.Any(d => d.ServiceType == typeof(FleetHealthChecks)))
        {
            return builder;
        }

        services.AddSingleton<FleetHealthChecks>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HealthCheckServiceOptions>, NoLivenessRule>());
        services.AddOptions<HealthCheckServiceOptions>().ValidateOnStart();
        foreach (var definition in FleetHealthCheckDefinition.All)
        {
            builder.Add(new HealthCheckRegistration(
                definition.Name,
                provider => provider.GetRequiredService<FleetHealthChecks>().Find(definition.Name),
                failureStatus: null,
                tags: ["cliply", "ready"]));
        }

        return builder;
    }

    /// <summary>
    /// Adds the diagnostics without health checks: <see cref="IFleetDiagnostics"/>, its collectors, the metrics of the
    /// meter <c>Cliply.Diagnostics</c>, and a hosted service that takes a reading each <see cref="HistoryOptions.Interval"/>
    /// where nobody asks for one, so that the history has no gaps. The host's own <see cref="IScenario"/>, <see cref="ILogPattern"/> and
    /// <see cref="IEvidenceCollector"/> services take part. Safe to call twice.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics</c>. They are validated when the host starts.</param>
    /// <returns>The diagnostics, to add evidence.</returns>
    public static CliplyDiagnosticsBuilder AddCliplyDiagnostics(this IServiceCollection services, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddCliplyOptions();
        services.AddMetrics();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, ProcessSecrets>(provider => new ProcessSecrets(
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            provider.GetService<IConfiguration>(),
            System.Environment.GetEnvironmentVariables)));
        services.TryAddSingleton(provider => new SecretRedactor(
            provider.GetServices<ISecretSource>().SelectMany(s => s.Secrets),
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value.Redaction));
        services.TryAddSingleton(provider => new LogPatternMatcher(
            provider.GetServices<ILogPattern>(),
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value.Environment.Recommended,
            provider.GetRequiredService<SecretRedactor>()));
        services.TryAddSingleton(provider => new DiagnosisClassifier(
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value.Thresholds,
            provider.GetServices<IScenario>()));
        services.TryAddSingleton(provider => new PostgresConnectionSource(
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            provider.GetService<IConfiguration>(),
            provider.GetService<NpgsqlDataSource>(),
            System.Environment.GetEnvironmentVariable));
        services.TryAddSingleton<IJobStoreCollector, PostgresJobStoreCollector>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, JobStoreCollector>());
        services.TryAddSingleton(_ => new BinarySearch(() => System.Environment.GetEnvironmentVariable("PATH"), BinarySearch.UsualFolders));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, BinaryCollector>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEvidenceCollector, EnvironmentCollector>(provider => new EnvironmentCollector(
            provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>(),
            System.Environment.GetEnvironmentVariable)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReadingObserver, DiagnosticsMetrics>());
        services.TryAddSingleton<HistoryRing>();
        services.TryAddSingleton<DiagnosisMoments>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReadingObserver, DiagnosisMoments>(provider => provider.GetRequiredService<DiagnosisMoments>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HistorySampler>());
        services.TryAddSingleton<SnapshotCollection>();
        services.TryAddSingleton<IFleetDiagnostics, FleetDiagnostics>();
        return new CliplyDiagnosticsBuilder(services);
    }

    /// <summary>The options alone, for what works with the job store without diagnosing.</summary>
    internal static void AddCliplyOptions(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<CliplyDiagnosticsOptions>, CliplyDiagnosticsOptionsBinding>(
            provider => new CliplyDiagnosticsOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CliplyDiagnosticsOptions>, CliplyDiagnosticsOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CliplyDiagnosticsOptions>, CliplyDiagnosticsOptionsRules>());
        services.AddOptions<CliplyDiagnosticsOptions>().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
    }
}
