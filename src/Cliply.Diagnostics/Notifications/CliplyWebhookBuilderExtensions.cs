using Cliply.Diagnostics;
using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds notifications.</summary>
public static class CliplyWebhookBuilderExtensions
{
    /// <summary>
    /// Tells a webhook when a diagnosis appears, changes or clears; what others explain is told with those. It is a health
    /// check publisher, and once there is one the host runs all its health checks each <see cref="HealthCheckPublisherOptions.Period"/>
    /// (30 s), the first time after <see cref="HealthCheckPublisherOptions.Delay"/> (5 s), though nobody probes it. Each host
    /// tells on its own; a restarted one tells again what is there. Safe to call twice; each call changes the same options.
    /// </summary>
    /// <param name="builder">The diagnostics.</param>
    /// <param name="configure">Says whom and how, after the configuration section <c>Cliply:Diagnostics:Webhook</c>. The options are validated when the host starts.</param>
    /// <returns>The builder.</returns>
    public static TBuilder AddWebhook<TBuilder>(this TBuilder builder, Action<WebhookOptions>? configure = null)
        where TBuilder : ICliplyDiagnosticsBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<WebhookOptions>, WebhookOptionsBinding>(
            provider => new WebhookOptionsBinding(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebhookOptions>, WebhookOptionsRules>());
        services.AddOptions<WebhookOptions>().ValidateOnStart();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        services.AddHealthChecks();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretSource, WebhookSecrets>());
        services.TryAddSingleton<NotificationQueue>();
        services.TryAddSingleton<DiagnosisTracker>();
        services.TryAddSingleton<WebhookSender>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHealthCheckPublisher, WebhookPublisher>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WebhookDelivery>());
        return builder;
    }
}
