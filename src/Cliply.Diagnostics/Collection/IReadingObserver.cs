namespace Cliply.Diagnostics.Collection;

/// <summary>Takes each new reading in, one at a time and in order. Does no I/O and does not throw: all callers wait for it.</summary>
internal interface IReadingObserver
{
    /// <param name="reading">The reading, just taken.</param>
    void Observe(FleetReading reading);
}
