using System.Data.Common;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Hosting;

namespace Cliply.Diagnostics.SampleFleet;

/// <summary>Two workers, restarted a second after they crash, as a platform would.</summary>
internal sealed class WorkerFleet(JobQueue queue, TimeProvider time) : BackgroundService
{
    private const int Replicas = 2;

    private readonly Lock _gate = new();
    private readonly List<DateTimeOffset> _restarts = [];
    private readonly InstanceEvidence?[] _instances = new InstanceEvidence?[Replicas];
    private CancellationTokenSource _deployment = new();
    private Task _running = Task.CompletedTask;
    private volatile string? _breakage;

    /// <summary>Injects a failure into the workers.</summary>
    public void Break(string breakage)
    {
        _breakage = breakage;
        if (breakage == "no-workers")
        {
            _deployment.Cancel();
        }
    }

    /// <summary>Replaces the workers by working ones.</summary>
    public async Task RedeployAsync()
    {
        _breakage = null;
        await _deployment.CancelAsync();
        await _running;
        lock (_gate)
        {
            _restarts.Clear();
        }

        Deploy();
    }

    /// <summary>What a platform would tell of this deployment.</summary>
    public DeploymentEvidence Describe()
    {
        lock (_gate)
        {
            var since = time.GetUtcNow() - TimeSpan.FromMinutes(5);
            var instances = _instances.OfType<InstanceEvidence>().ToList();
            return new DeploymentEvidence
            {
                Platform = DeploymentPlatform.Process,
                Name = "sample-worker",
                DesiredReplicas = Replicas,
                ReadyReplicas = instances.Count(i => i.State == InstanceState.Running),
                RestartsLast5Minutes = _restarts.Count(r => r > since),
                Instances = instances,
            };
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Deploy();
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _deployment.CancelAsync();
        await _running;
    }

    private void Deploy()
    {
        _deployment = new CancellationTokenSource();
        var token = _deployment.Token;
        _running = Task.WhenAll(Enumerable.Range(0, Replicas).Select(i => Task.Run(() => SuperviseAsync(i, token), CancellationToken.None)));
    }

    private async Task SuperviseAsync(int number, CancellationToken cancellationToken)
    {
        var id = $"sample-worker-{number}";
        for (var restarts = 0; !cancellationToken.IsCancellationRequested; restarts++)
        {
            Set(number, new InstanceEvidence { Id = id, State = InstanceState.Running, StartedAt = time.GetUtcNow(), Restarts = restarts });
            try
            {
                await new Worker(queue, () => _breakage, $"sample:{Environment.ProcessId}:{number}").RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is InvalidOperationException or DbException)
            {
                // The worker has crashed; the platform waits and starts it again.
                Set(number, new InstanceEvidence { Id = id, State = InstanceState.Waiting, Reason = "CrashLoopBackOff", LastTerminationReason = "Error", LastExitCode = 1, LastTerminatedAt = time.GetUtcNow(), Restarts = restarts });
                await Task.Delay(1000, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                lock (_gate)
                {
                    _restarts.Add(time.GetUtcNow());
                }
            }
        }

        Set(number, null);
    }

    private void Set(int number, InstanceEvidence? instance)
    {
        lock (_gate)
        {
            _instances[number] = instance;
        }
    }
}
