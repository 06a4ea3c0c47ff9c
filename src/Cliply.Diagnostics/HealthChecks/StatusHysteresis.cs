using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.HealthChecks;

/// <summary>Lets a status turn only after so many readings in a row that agree. The first reading counts at once.</summary>
internal sealed class StatusHysteresis(int readings)
{
    private readonly Lock _gate = new();
    private (HealthStatus Status, string Description)? _held;
    private HealthStatus _candidate;
    private int _agreeing;
    private long _lastReading;

    /// <summary>Takes a reading in; one that several callers share counts once.</summary>
    public (HealthStatus Status, string Description) Apply(HealthStatus status, string description, long reading)
    {
        lock (_gate)
        {
            if (_held is null || status == _held.Value.Status)
            {
                _agreeing = 0;
                _lastReading = reading;
                _held = (status, description);
                return _held.Value;
            }

            if (reading > _lastReading)
            {
                _agreeing = status == _candidate ? _agreeing + 1 : 1;
                _candidate = status;
                _lastReading = reading;
            }

            if (_agreeing >= readings)
            {
                _agreeing = 0;
                _held = (status, description);
            }

            return _held.Value;
        }
    }
}
