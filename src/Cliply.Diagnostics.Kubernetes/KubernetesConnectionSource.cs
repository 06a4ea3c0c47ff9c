using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>Opens the connection once and keeps it. What failed is tried again at the next reading: the file may be there by then.</summary>
internal sealed class KubernetesConnectionSource(
    IOptions<KubernetesOptions> options,
    IOptions<CliplyDiagnosticsOptions> diagnostics,
    KubernetesSurroundings surroundings,
    TimeProvider time) : IDisposable
{
    /// <summary>How long a connection whose credentials are refused is kept, so that a credential plugin is not run at every reading.</summary>
    private static readonly TimeSpan KeptWhenRefused = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task<Section<KubernetesConnection>>? _opening;
    private long _openedAt;

    /// <summary>The connection, or why there is none.</summary>
    /// <param name="cancellationToken">Ends the waiting only: a credential plugin can take long, and is not run twice at once.</param>
    public Task<Section<KubernetesConnection>> OpenAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            if (_opening is null || (_opening.IsCompleted && !_opening.Result.IsKnown))
            {
                var access = new KubernetesAccess(options.Value, surroundings, diagnostics.Value.CollectorDeadline, time, _stopping.Token);
                _openedAt = time.GetTimestamp();
                _opening = Task.Run(() => access.OpenAsync(), CancellationToken.None);
            }

            return _opening.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Likewise; where the time is over, that is why there is none.</summary>
    public async Task<Section<KubernetesConnection>> OpenInTimeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new SectionFailure(SectionFailure.Timeout, "the kubeconfig could not be read in time; its credential plugin may be waiting for somebody");
        }
    }

    /// <summary>The server refuses the credentials: before long they are read anew.</summary>
    public void Refused()
    {
        lock (_gate)
        {
            if (_opening is { IsCompleted: true } && time.GetElapsedTime(_openedAt) >= KeptWhenRefused)
            {
                Close(_opening);
                _opening = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _stopping.Cancel();
            if (_opening is { } opening)
            {
                _ = opening.ContinueWith(Close, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private static void Close(Task<Section<KubernetesConnection>> opening)
    {
        if (opening.IsCompletedSuccessfully)
        {
            opening.Result.Value?.Dispose();
        }
    }
}
