using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.History;

/// <summary>
/// Takes a reading when one is due and nobody else has asked for one. Begins after the host has started, and resolves the
/// diagnostics only then, so that nothing of them can keep a host from starting.
/// </summary>
internal sealed class HistorySampler(IServiceProvider services, TimeProvider time, ILogger<HistorySampler> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _sampling = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value;
        if (options.History.InBackground)
        {
            var stopping = _stopping.Token;
            _sampling = Task.Run(() => SampleAsync(options.History.Interval, options.SnapshotMaxAge, stopping), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _sampling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SampleAsync(TimeSpan interval, TimeSpan maxAge, CancellationToken stopping)
    {
        // Workers that start together with this host shall have announced themselves before they are first counted.
        var wait = interval;
        var hasFailed = false;
        while (!stopping.IsCancellationRequested)
        {
            // Timers count whole milliseconds, and would end before the reading is due.
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                wait = await ReadIfDueAsync(interval, maxAge, stopping).ConfigureAwait(false);
                hasFailed = false;
            }
            catch (Exception exception) when (!stopping.IsCancellationRequested)
            {
                if (!hasFailed)
                {
                    // As a text: drivers put connection strings into their messages.
                    var text = services.GetRequiredService<SecretRedactor>().Redact(exception.ToString());
                    DiagnosticsLog.BackgroundReadingFailed(logger, text);
                }

                hasFailed = true;
                wait = interval;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <returns>How long until the next look.</returns>
    private async Task<TimeSpan> ReadIfDueAsync(TimeSpan interval, TimeSpan maxAge, CancellationToken stopping)
    {
        var ring = services.GetRequiredService<HistoryRing>();
        if (ring.UntilDue is { Ticks: > 0 } left)
        {
            return left;
        }

        var reading = await services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(stopping).ConfigureAwait(false);

        // One from just before the reading was due still serves; the next is new.
        return ring.UntilDue is { Ticks: > 0 } next ? next
            : reading.Age > TimeSpan.Zero && reading.Age < maxAge ? maxAge - reading.Age
            : interval;
    }
}
