namespace Cliply.Diagnostics.Collection;

/// <summary>Measures the fleet and says what the measurements mean. Registered as a singleton; safe for concurrent use.</summary>
public interface IFleetDiagnostics
{
    /// <summary>
    /// Collects all sections at once and classifies them. Concurrent callers join one collection, and its result serves
    /// for <see cref="CliplyDiagnosticsOptions.SnapshotMaxAge"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends this caller's waiting only; the collection goes on for the others.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The host has stopped.</exception>
    Task<FleetReading> DiagnoseAsync(CancellationToken cancellationToken = default);

    /// <summary>The last finished reading, however old it is, without any I/O; null before the first.</summary>
    FleetReading? Last { get; }
}
