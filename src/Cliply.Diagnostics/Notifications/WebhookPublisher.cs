using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Notifications;

/// <summary>
/// Called by the host after its health checks have run; takes the reading that they share, and leaves the sending to
/// <see cref="WebhookDelivery"/>. Resolves the diagnostics only then, so that nothing of them can keep a host from starting.
/// </summary>
internal sealed class WebhookPublisher(IServiceProvider services, ILogger<WebhookPublisher> logger) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<IFleetDiagnostics>().Last is not { } reading)
        {
            return Task.CompletedTask;
        }

        var tracker = services.GetRequiredService<DiagnosisTracker>();
        var queue = services.GetRequiredService<NotificationQueue>();
        foreach (var message in tracker.Observe(reading.Report))
        {
            if (queue.Add(message) is { } dropped)
            {
                DiagnosticsLog.NotificationLeftOut(logger, dropped.Code, NotificationJson.Of(dropped.Event));
                tracker.Undelivered(dropped);
            }
        }

        return Task.CompletedTask;
    }
}
