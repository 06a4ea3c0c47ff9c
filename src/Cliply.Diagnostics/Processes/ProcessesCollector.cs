using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Platforms;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Processes;

/// <summary>Looks at the workers' processes through /proc.</summary>
internal sealed class ProcessesCollector(IOptions<ProcessesOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, TimeProvider time, string root = "/") : IEvidenceCollector
{
    private readonly ProcessesOptions _options = options.Value;
    private readonly TimeSpan _budget = diagnostics.Value.CollectorDeadline * 0.9;
    private readonly ProcessTable _table = new(root);
    private readonly WorkerProcesses _processes = new(options.Value, new ProcessTable(root), time);
    private readonly UsageRates _cpu = new(time);
    private readonly UsageRates _disk = new(time);

    public string Name => "processes";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments, SnapshotSection.Resources];

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (found, failure) = _processes.Find(cancellationToken);
        if (failure is not null && !found.Any(f => f.IsRunning))
        {
            return Unavailable(failure);
        }

        var (_, processors) = _table.Machine();

        return new CollectedEvidence
        {
            Deployments = Section.List<DeploymentEvidence>(Deployments(found)),
            Resources = Section.List<ResourceEvidence>(await ResourcesAsync([.. found.Where(f => f.IsRunning)], processors, start, cancellationToken).ConfigureAwait(false)),
        };
    }

    private static CollectedEvidence Unavailable(SectionFailure failure) => new()
    {
        Deployments = Section.UnavailableList<DeploymentEvidence>(failure),
        Resources = Section.UnavailableList<ResourceEvidence>(failure),
    };

    /// <summary>Where a number is wanted, none at all is a deployment that is not as it should be, and not a missing one.</summary>
    private IReadOnlyList<DeploymentEvidence> Deployments(IReadOnlyList<WorkerProcess> found) => found.Count == 0 && _options.DesiredReplicas is null ? [] :
    [
        new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Process,
            Name = _processes.Name,
            DesiredReplicas = _options.DesiredReplicas,
            ReadyReplicas = found.Count(f => f.IsRunning),
            Instances = [.. found.OrderBy(f => f.Id).Select(f => new InstanceEvidence
            {
                Id = f.Instance,
                State = f.IsRunning ? InstanceState.Running : InstanceState.Terminated,
                ExitCode = f.IsRunning ? null : f.Status?.ExitCode,
                StartedAt = f.StartedAt,
            })],
        },
    ];

    /// <summary>CPU and disks need two looks: the one of an earlier collection, or a second one soon after the first.</summary>
    private async Task<IReadOnlyList<ResourceEvidence>> ResourcesAsync(List<WorkerProcess> running, int processors, long start, CancellationToken cancellationToken)
    {
        var rates = new Dictionary<string, (double? Cpu, double? Disk)>(StringComparer.Ordinal);
        var unknown = running.Where(f => !_cpu.Knows(f.Counter)).ToList();
        running.ForEach(Take);
        var wait = _budget * 0.25;
        if (unknown.Count > 0 && _budget - time.GetElapsedTime(start) > wait * 1.5)
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            unknown.ForEach(f => Take(f with { Status = _table.Status(f.Id, out _) }));
        }

        var present = running.Select(f => f.Counter).ToHashSet(StringComparer.Ordinal);
        _cpu.Keep(present);
        _disk.Keep(present);
        return [.. running.Select(f =>
        {
            var (memoryLimit, quota) = _table.Limits(f.Id);
            var (cpu, disk) = rates.GetValueOrDefault(f.Counter);
            return new ResourceEvidence
            {
                Instance = f.Instance,
                CpuPercent = cpu is null ? null : Math.Round(cpu.Value / Math.Min(quota ?? processors, processors) * 100, 1),
                MemoryBytes = f.Status!.ResidentPages * Environment.SystemPageSize,
                MemoryLimitBytes = memoryLimit,
                IoWaitPercent = disk is null ? null : Math.Round(Math.Min(disk.Value, 1) * 100, 1),
            };
        })];

        void Take(WorkerProcess process)
        {
            if (process.Status is { HasEnded: false } status)
            {
                var cpu = _cpu.Observe(process.Counter, status.CpuSeconds);
                var disk = _table.DiskWaitSeconds(status) is { } waited ? _disk.Observe(process.Counter, waited) : null;
                rates[process.Counter] = (cpu ?? rates.GetValueOrDefault(process.Counter).Cpu, disk ?? rates.GetValueOrDefault(process.Counter).Disk);
            }
        }
    }
}
