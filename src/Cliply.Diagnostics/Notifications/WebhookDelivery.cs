using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Sends the messages that wait, one after the other, while the host runs, and for <see cref="Grace"/> when it stops.</summary>
internal sealed class WebhookDelivery(IServiceProvider services, NotificationQueue queue, ILogger<WebhookDelivery> logger) : IHostedService, IDisposable
{
    /// <summary>How long a stopping host waits for messages.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stopping = new();
    private Task _sending = Task.CompletedTask;
    private volatile Notification? _onTheWay;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var stopping = _stopping.Token;
        _sending = Task.Run(() => SendAllAsync(stopping), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Complete();
        await _sending.WaitAsync(Grace, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var left = queue.Count + (_onTheWay is null ? 0 : 1);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (left > 0)
        {
            DiagnosticsLog.NotificationsDropped(logger, left);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SendAllAsync(CancellationToken stopping)
    {
        WebhookSender sender;
        DiagnosisTracker tracker;
        SecretRedactor redactor;
        try
        {
            redactor = services.GetRequiredService<SecretRedactor>();
            sender = services.GetRequiredService<WebhookSender>();
            tracker = services.GetRequiredService<DiagnosisTracker>();
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            // Its message may hold a secret, which nothing can take out here.
            DiagnosticsLog.NotificationsOff(logger, exception.GetBaseException().GetType().Name);
            return;
        }

        while (await queue.TakeAsync(stopping).ConfigureAwait(false) is { } message)
        {
            _onTheWay = message;
            try
            {
                if (await sender.SendAsync(message, stopping).ConfigureAwait(false))
                {
                    tracker.Delivered(message);
                }
                else
                {
                    tracker.Undelivered(message);
                }
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                // One message that can't be sent must not end the loop for the others.
                DiagnosticsLog.NotificationBroken(logger, message.Code, NotificationJson.Of(message.Event), redactor.Redact(exception.ToString()));
                tracker.Delivered(message);
            }

            _onTheWay = null;
        }
    }
}
