using Cliply.Diagnostics.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>
/// Announces this worker from the moment when all of the host's services have started until all have stopped. A beat has
/// a deadline, and none is begun beside one that is still under way. Whatever fails, the host goes on.
/// </summary>
internal sealed class WorkerHeartbeatService(
    IWorkerRegistry registry,
    WorkerActivity activity,
    IOptions<WorkerHeartbeatOptions> options,
    TimeProvider time,
    ILogger<WorkerHeartbeatService> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How soon a beat is tried again where somebody has to change something first.</summary>
    public static readonly TimeSpan LastingFailurePause = TimeSpan.FromMinutes(1);

    /// <summary>How long removing the row may hold the host's stop up.</summary>
    public static readonly TimeSpan RemovalDeadline = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _interval = options.Value.Interval;
    private readonly CancellationTokenSource _stop = new();
    private Task? _beating;
    private Task<WorkerRegistryFailure?> _writing = Task.FromResult<WorkerRegistryFailure?>(null);
    private bool _mayBeListed;
    private int _missed;
    private bool _isTransientLogged;
    private bool _isLastingLogged;

    /// <summary>How long a beat may take.</summary>
    public static TimeSpan DeadlineOf(TimeSpan interval) => TimeSpan.FromTicks(Math.Min((long)(interval.Ticks * 0.8), TimeSpan.FromSeconds(10).Ticks));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Not before every service has started: a worker that fails to start is none.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _beating = Task.Run(() => BeatUntilStoppedAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Not before every service has stopped: a worker that finishes its jobs is still one. The host's token is not heeded,
    /// as it may be used up by then, and a row that stays would show as a stuck worker; the time is bounded all the same.
    /// </summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_beating is null)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        if (!_mayBeListed)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(RemovalDeadline, time);
        await ((Task)_writing).WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (await WithinAsync(token => registry.RemoveAsync(activity.WorkerId, token), deadline.Token).ConfigureAwait(false) is { } failure)
        {
            DiagnosticsLog.WorkerNotRemoved(logger, failure.Message);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task BeatUntilStoppedAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var start = time.GetTimestamp();
            var failure = await BeatAsync(stopping).ConfigureAwait(false);
            _mayBeListed |= failure is not { IsLasting: true };
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            Tell(failure);
            var pause = failure is { IsLasting: true } && _interval < LastingFailurePause ? LastingFailurePause : _interval - time.GetElapsedTime(start);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<WorkerRegistryFailure?> BeatAsync(CancellationToken stopping)
    {
        // Opening a connection ignores its token once TCP is accepted; beside an attempt that is still under way, another
        // would only pile up.
        if (!_writing.IsCompleted)
        {
            return WorkerRegistryFailure.Timeout;
        }

        using var deadline = new CancellationTokenSource(DeadlineOf(_interval), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        return await WithinAsync(token => registry.BeatAsync(activity.Now(), token), either.Token).ConfigureAwait(false);
    }

    /// <summary>Waits no longer than the token allows, whether the store heeds it or not.</summary>
    private async Task<WorkerRegistryFailure?> WithinAsync(Func<CancellationToken, Task<WorkerRegistryFailure?>> write, CancellationToken cancellationToken)
    {
        _writing = Task.Run(() => WriteAsync(write, cancellationToken), CancellationToken.None);
        try
        {
            return await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return WorkerRegistryFailure.Timeout;
        }
    }

    private static async Task<WorkerRegistryFailure?> WriteAsync(Func<CancellationToken, Task<WorkerRegistryFailure?>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return WorkerRegistryFailure.Timeout;
        }
        catch (Exception exception)
        {
            // A worker's jobs are worth more than its heartbeat.
            return new WorkerRegistryFailure($"unexpected {exception.GetType().Name}", IsLasting: false);
        }
    }

    /// <summary>Once when beats start to fail, once more when it turns out that somebody has to act, and once when it is over.</summary>
    private void Tell(WorkerRegistryFailure? failure)
    {
        if (failure is null)
        {
            if (_missed > 0)
            {
                DiagnosticsLog.HeartbeatRecovered(logger, _missed);
            }

            _missed = 0;
            _isTransientLogged = _isLastingLogged = false;
            return;
        }

        _missed++;
        if (failure.IsLasting && !_isLastingLogged)
        {
            _isLastingLogged = true;
            DiagnosticsLog.HeartbeatNeedsHelp(logger, failure.Message, LastingFailurePause);
        }
        else if (!failure.IsLasting && !_isTransientLogged && !_isLastingLogged)
        {
            _isTransientLogged = true;
            DiagnosticsLog.HeartbeatMissed(logger, failure.Message);
        }
    }
}
