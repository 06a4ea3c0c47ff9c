namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>
/// What this process does as a worker. The host tells it, the heartbeat announces it. A singleton; thread-safe, and cheap
/// enough for every job.
/// </summary>
public interface IWorkerActivity
{
    /// <summary>
    /// This worker's id, <c>{hostname}:{pid}:{start in ms}</c> unless <see cref="WorkerHeartbeatOptions.WorkerId"/> gives
    /// another. Claim jobs under it, so that the job table's <c>locked_by</c> and the announced worker are one.
    /// </summary>
    string WorkerId { get; }

    /// <summary>Tells that a job runs, until the result is disposed.</summary>
    /// <param name="kind">The job's kind.</param>
    /// <returns>Ends the job when disposed; more than once does no harm.</returns>
    /// <exception cref="ArgumentException"><paramref name="kind"/> is null or empty.</exception>
    IDisposable Begin(string kind);
}
