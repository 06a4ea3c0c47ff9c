namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>The table in which workers announce themselves. There is one: PostgreSQL's, unless the host chooses another store.</summary>
internal interface IWorkerRegistry
{
    /// <summary>Writes a worker's row, and removes those that nobody has written for longer than the retention.</summary>
    /// <returns>Why it was not written; null on success.</returns>
    Task<WorkerRegistryFailure?> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken);

    /// <summary>Removes a worker's row.</summary>
    /// <returns>Why it was not removed; null on success.</returns>
    Task<WorkerRegistryFailure?> RemoveAsync(string workerId, CancellationToken cancellationToken);
}
