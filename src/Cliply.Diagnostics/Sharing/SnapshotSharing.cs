using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sharing;

/// <summary>
/// Takes what another host has collected, or publishes what this one has. Waiting for another ends early enough for this
/// host's collectors to have all the time that they have without sharing. Used by one collection at a time.
/// </summary>
internal sealed class SnapshotSharing(
    ISnapshotExchange exchange,
    IOptions<CliplyDiagnosticsOptions> options,
    SecretRedactor redactor,
    TimeProvider time,
    ILogger<SnapshotSharing> logger)
{
    /// <summary>The name under which collectors' runs, and so the metrics, show the sharing.</summary>
    public const string Name = "shared";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>How far clocks that are kept alike may be apart.</summary>
    private static readonly TimeSpan ClockNoise = TimeSpan.FromSeconds(1);

    private readonly CliplyDiagnosticsOptions _options = options.Value;
    private Task _calling = Task.CompletedTask;
    private (SharingFailure Failure, long Since)? _pausing;
    private int _missed;
    private bool _isTransientLogged;
    private bool _isLastingLogged;

    /// <summary>Looks for what another host has collected, and waits for it while one does. Throws only when the host stops.</summary>
    public async Task<SharedSnapshot> LookAsync(IReadOnlyCollection<IEvidenceCollector> fleet, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        if (_pausing is { } pausing && time.GetElapsedTime(pausing.Since) < pausing.Failure.Pause)
        {
            return Missed(pausing.Failure, start);
        }

        using var patience = new CancellationTokenSource(_options.CollectionDeadline - _options.CollectorDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        var isWaiting = false;
        try
        {
            while (true)
            {
                var offer = await CallAsync(exchange.LookAsync, either.Token).ConfigureAwait(false);
                if (offer.Leads)
                {
                    return new SharedSnapshot { Leads = true };
                }

                if (offer.Document is { } document)
                {
                    return Take(document, offer, fleet, start);
                }

                isWaiting = true;
                await Task.Delay(Poll, time, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Missed(isWaiting ? SharingFailure.SlowHost : SharingFailure.NoAnswer, start);
        }
        catch (Exception exception)
        {
            return Missed(exchange.FailureOf(exception), start);
        }
    }

    /// <summary>Publishes what this host has collected for all. What failed altogether is left out: others may see more.</summary>
    /// <param name="evidence">What the fleet's collectors found.</param>
    /// <param name="deadline">When to give it up.</param>
    /// <param name="stopping">The host stops.</param>
    /// <returns>How it failed; null: it did not.</returns>
    public async Task<CollectorRun?> PublishAsync(IEnumerable<(IEvidenceCollector Collector, CollectedEvidence Evidence)> evidence, CancellationToken deadline, CancellationToken stopping)
    {
        var start = time.GetTimestamp();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, stopping);
        try
        {
            var worthSharing = evidence.Where(e => IsWorthSharing(e.Evidence)).Select(e => (e.Collector.Name, e.Evidence)).ToList();
            var document = worthSharing.Count == 0 ? null : SharedDocument.Write(worthSharing, time.GetUtcNow(), redactor);
            var failure = document is { Length: > SharedDocument.MaxBytes } ? SharingFailure.TooLarge : null;
            await CallAsync(
                async token =>
                {
                    await (document is null || failure is not null ? exchange.GiveUpAsync(token) : exchange.PublishAsync(document, token)).ConfigureAwait(false);
                    return true;
                },
                either.Token).ConfigureAwait(false);
            if (failure is not null)
            {
                return Missed(failure, start).Run;
            }

            if (document is not null)
            {
                Recover();
            }

            return null;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Missed(SharingFailure.NoAnswer, start).Run;
        }
        catch (Exception exception)
        {
            return Missed(exchange.FailureOf(exception), start).Run;
        }
    }

    /// <summary>A database that this host could not read may be there for the others; they look for themselves.</summary>
    private static bool IsWorthSharing(CollectedEvidence evidence) =>
        evidence.Database.Value is not { Status: not DatabaseStatus.Ok }
        && (evidence.Workers.IsKnown || evidence.Queue.IsKnown || evidence.Binaries.IsKnown || evidence.Database.IsKnown || evidence.Environment.IsKnown
            || evidence.Deployments.IsKnown || evidence.Resources.IsKnown || evidence.Logs.IsKnown || evidence.History.IsKnown);

    private SharedSnapshot Take(byte[] document, SnapshotOffer offer, IReadOnlyCollection<IEvidenceCollector> fleet, long start)
    {
        if (SharedDocument.Read(document, fleet) is not { } read)
        {
            return Missed(SharingFailure.Unreadable, start);
        }

        var taken = new Dictionary<string, CollectedEvidence>(StringComparer.Ordinal);
        TimeSpan? age = offer.Age;
        foreach (var (collector, evidence) in read.Evidence)
        {
            if (!IsWorthSharing(evidence))
            {
                continue;
            }

            if (evidence.Database.Value is not { } database)
            {
                taken[collector] = evidence;
            }
            else if (offer.Reply is { } reply)
            {
                // By the same clock: as old as the offer, and as long as the collection may have taken.
                if (reply.Now - evidence.CapturedAt is { } since && (since < -ClockNoise || since > (offer.Age ?? _options.SnapshotMaxAge) + _options.CollectionDeadline + ClockNoise))
                {
                    return Missed(SharingFailure.Unreadable, start);
                }

                // That the database answers, and how fast, is what this host has just seen itself.
                taken[collector] = evidence with { Database = database with { LatencyMilliseconds = reply.Milliseconds } };
                age ??= reply.Now - evidence.CapturedAt;
            }
        }

        age ??= time.GetUtcNow() - read.CollectedAt;
        if (age < -ClockNoise || age >= _options.SnapshotMaxAge)
        {
            return Missed(SharingFailure.WrongAge, start);
        }

        // What another host has collected is never quite new.
        age = age > TimeSpan.Zero ? age : TimeSpan.FromTicks(1);
        Recover();
        return new SharedSnapshot
        {
            Evidence = taken,
            Since = time.GetTimestamp() - (long)(age.Value.TotalSeconds * time.TimestampFrequency),
            Run = taken.Count == 0 ? null : new CollectorRun(Name, time.GetElapsedTime(start), Failure: null),
        };
    }

    /// <summary>Waits no longer than the token allows, whether it is heeded or not.</summary>
    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        // Beside a call that is still under way, another would only pile up.
        await _calling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        var calling = Task.Run(() => call(cancellationToken), CancellationToken.None);
        _calling = calling;
        return await calling.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Once when sharing begins to fail, and once more when it turns out that somebody has to act.</summary>
    private SharedSnapshot Missed(SharingFailure failure, long start)
    {
        _missed++;
        if (failure.Pause > TimeSpan.Zero)
        {
            if (_pausing is not { } pausing || time.GetElapsedTime(pausing.Since) >= pausing.Failure.Pause)
            {
                _pausing = (failure, time.GetTimestamp());
            }

            if (!_isLastingLogged)
            {
                _isLastingLogged = true;
                DiagnosticsLog.SharingNeedsHelp(logger, failure.Message, failure.Pause);
            }
        }
        else if (!_isTransientLogged && !_isLastingLogged)
        {
            _isTransientLogged = true;
            DiagnosticsLog.SharingMissed(logger, failure.Message);
        }

        return new SharedSnapshot { Run = new CollectorRun(Name, time.GetElapsedTime(start), failure.Code) };
    }

    private void Recover()
    {
        if (_missed > 0)
        {
            DiagnosticsLog.SharingRecovered(logger, _missed);
        }

        _missed = 0;
        _isTransientLogged = _isLastingLogged = false;
        _pausing = null;
    }
}
