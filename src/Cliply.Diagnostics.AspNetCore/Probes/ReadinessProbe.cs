using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>Answers from the shared reading, and never later than the budget.</summary>
internal sealed class ReadinessProbe(IFleetDiagnostics diagnostics, ProbeOptions options, CliplyDiagnosticsOptions fleet, TimeProvider time)
{
    private readonly string[] _codes = [.. options.UnreadyDiagnoses.Where(code => fleet.LocalEvidence || !LocalDiagnoses.Contains(code))];
    private readonly StatusHysteresis _hysteresis = new(fleet.ReadingsBeforeChange);
    private readonly Lock _gate = new();
    private volatile Judged? _last;

    /// <summary>The reading after which a collection began that took longer than the budget.</summary>
    private long _slowAfter = -1;

    /// <summary>Whether a collection has ended since the host started; begins the first one, without waiting for it.</summary>
    public bool HasStarted()
    {
        if (diagnostics.Last is not null)
        {
            return true;
        }

        Forget(diagnostics.DiagnoseAsync());
        return false;
    }

    /// <summary>What is known now, and how old it is.</summary>
    public ValueTask<(Readiness Readiness, TimeSpan Age)> AskAsync(CancellationToken cancellationToken)
    {
        var last = diagnostics.Last;
        return last is not null && last.Age < fleet.SnapshotMaxAge ? new((Judge(last), last.Age))
            : Volatile.Read(ref _slowAfter) == NumberOf(last) ? new(Fallback(last))
            : new(CollectAsync(NumberOf(last), cancellationToken));
    }

    private async Task<(Readiness, TimeSpan)> CollectAsync(long after, CancellationToken cancellationToken)
    {
        // Not under the caller's token: the collection is everybody's, and the next probe is glad of its result.
        var collecting = diagnostics.DiagnoseAsync(CancellationToken.None);
        try
        {
            var reading = await collecting.WaitAsync(options.Budget, time, cancellationToken).ConfigureAwait(false);
            return (Judge(reading), reading.Age);
        }
        catch (TimeoutException)
        {
            Forget(collecting);

            // Those who ask while it still runs need not find that out again.
            Volatile.Write(ref _slowAfter, after);
            return Fallback(diagnostics.Last);
        }
    }

    private (Readiness Readiness, TimeSpan Age) Fallback(FleetReading? last) =>
        last is not null && last.Age <= options.MaxAge ? (Judge(last), last.Age) : (Readiness.Unknown(_codes, time.GetUtcNow()), TimeSpan.Zero);

    private static long NumberOf(FleetReading? reading) => reading?.Number ?? 0;

    private Readiness Judge(FleetReading reading)
    {
        if (_last is { } last && last.Number == reading.Number)
        {
            return last.Readiness;
        }

        lock (_gate)
        {
            var now = Readiness.Of(reading, _codes);
            var held = _hysteresis.Apply(now.IsReady ? HealthStatus.Healthy : HealthStatus.Unhealthy, "", reading.Number);
            var readiness = now with { IsReady = held.Status == HealthStatus.Healthy };
            _last = new Judged(reading.Number, readiness);
            return readiness;
        }
    }

    /// <summary>Nobody waits for it; it fails only where the host stops.</summary>
    private static void Forget(Task collecting) =>
        collecting.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private sealed record Judged(long Number, Readiness Readiness);
}
