using Cliply.Diagnostics.WorkerHeartbeats;

namespace Cliply.Diagnostics.Tests.WorkerHeartbeats;

/// <summary>A table that answers as a test wants; so that outages need not take minutes.</summary>
internal sealed class ScriptedRegistry : IWorkerRegistry
{
    private int _beats;
    private int _removals;
    private int _underWay;
    private int _mostUnderWay;

    public Func<CancellationToken, Task<WorkerRegistryFailure?>> Beat { get; set; } = _ => Succeeded;

    public Func<CancellationToken, Task<WorkerRegistryFailure?>> Remove { get; set; } = _ => Succeeded;

    public static Task<WorkerRegistryFailure?> Succeeded => Task.FromResult<WorkerRegistryFailure?>(null);

    public int Beats => Volatile.Read(ref _beats);

    public int Removals => Volatile.Read(ref _removals);

    public int MostUnderWay => Volatile.Read(ref _mostUnderWay);

    public async Task<WorkerRegistryFailure?> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken)
    {
        _mostUnderWay = Math.Max(_mostUnderWay, Interlocked.Increment(ref _underWay));
        Interlocked.Increment(ref _beats);
        try
        {
            return await Beat(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    public Task<WorkerRegistryFailure?> RemoveAsync(string workerId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _removals);
        return Remove(cancellationToken);
    }
}
