using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Cliply.Diagnostics.Tests.Notifications;

public sealed class WebhookDeliveryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_SenderCannotBeCreated_SaysSoAndLetsTheHostRunAndStop()
    {
        var log = new FakeLogger<WebhookDelivery>();
        using var queue = new NotificationQueue();
        await using var services = new ServiceCollection().BuildServiceProvider();
        using var delivery = new WebhookDelivery(services, queue, log);

        await delivery.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => log.Collector.Count > 0, "the failure");
        queue.Add(Messages.Create());
        await delivery.StopAsync(Cancellation);

        log.Collector.GetSnapshot().Select(l => (l.Level, l.Message)).Should().Equal(
            (LogLevel.Error, "No notifications are sent until the host restarts, as what sends them can't be created: InvalidOperationException"),
            (LogLevel.Warning, "Notifications that are dropped, as the host stops: 1"));
    }
}
