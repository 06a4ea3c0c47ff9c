using System.Globalization;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Platforms;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Processes;

/// <summary>Looks at the workers' processes through /proc.</summary>
internal sealed class ProcessesCollector(IOptions<ProcessesOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, TimeProvider time, string root = "/") : IEvidenceCollector
{
    private const int MaxInstances = 1_000;

    private static readonly SectionFailure NoProc = new(SectionFailure.NotSupported, "processes are read from /proc, which only Linux has; remove AddProcesses on other systems");

    private static readonly SectionFailure Hidden = new("permissionDenied", "processes of other users are hidden from this one, so the workers may run unseen; run the diagnostics as the workers' user, or mount /proc without hidepid");

    private readonly ProcessesOptions _options = options.Value;
    private readonly string _name = NameOf(options.Value);
    private readonly TimeSpan _budget = diagnostics.Value.CollectorDeadline * 0.9;
    private readonly ProcessTable _table = new(root);
    private readonly UsageRates _cpu = new(time);
    private readonly UsageRates _disk = new(time);

    public string Name => "processes";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments, SnapshotSection.Resources];

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        if (!_table.Exists)
        {
            return Unavailable(NoProc);
        }

        var (machineStartedAt, processors) = _table.Machine();
        var found = new List<Found>();
        var failure = Find(found, machineStartedAt, cancellationToken);
        if (failure is not null && !found.Any(f => f.IsRunning))
        {
            return Unavailable(failure);
        }

        return new CollectedEvidence
        {
            Deployments = Section.List<DeploymentEvidence>(Deployments(found, machineStartedAt)),
            Resources = Section.List<ResourceEvidence>(await ResourcesAsync([.. found.Where(f => f.IsRunning)], processors, start, cancellationToken).ConfigureAwait(false)),
        };
    }

    /// <summary>A process, or for a pid file whose process is gone only its number.</summary>
    private sealed record Found(string Label, int Id, ProcessStatus? Status)
    {
        public bool IsRunning => Status is { HasEnded: false };

        public string Instance => string.Create(CultureInfo.InvariantCulture, $"{Label}:{Id}");

        /// <summary>A number is used again once its process is gone.</summary>
        public string Counter => string.Create(CultureInfo.InvariantCulture, $"{Id}@{Status?.StartedAfterBoot.Ticks}");
    }

    /// <summary>What the deployment is called: as the processes, as their only pid file, or as the runbook calls workers.</summary>
    private static string NameOf(ProcessesOptions options) =>
        options.Name ?? (options is { CommandLineContains: null, PidFiles: [var file] } ? Path.GetFileNameWithoutExtension(file) : "worker");

    private static CollectedEvidence Unavailable(SectionFailure failure) => new()
    {
        Deployments = Section.UnavailableList<DeploymentEvidence>(failure),
        Resources = Section.UnavailableList<ResourceEvidence>(failure),
    };

    /// <returns>Why there may be more than was found; null: that is all.</returns>
    private SectionFailure? Find(List<Found> found, DateTimeOffset? machineStartedAt, CancellationToken cancellationToken)
    {
        SectionFailure? failure = null;
        for (var i = 0; i < _options.PidFiles.Count; i++)
        {
            var failed = FindByFile(i, found, machineStartedAt);
            failure ??= failed;
        }

        if (_options.Name is not null || _options.CommandLineContains is not null)
        {
            var failed = FindByName(found, machineStartedAt, cancellationToken);
            failure ??= failed;
        }

        return failure;
    }

    private SectionFailure? FindByName(List<Found> found, DateTimeOffset? machineStartedAt, CancellationToken cancellationToken)
    {
        // A worker that starts a program is two processes of its name for a moment, until the new one becomes the program.
        var settled = TimeSpan.FromSeconds(3);
        var now = time.GetUtcNow();
        var workers = new Dictionary<int, ProcessStatus>();
        var isAnyDenied = false;
        foreach (var id in _table.Ids())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (workers.Count >= MaxInstances)
            {
                break;
            }

            var status = _table.Status(id, out var isDenied);
            isAnyDenied |= isDenied;
            if (status is not null && IsWorker(status))
            {
                workers[id] = status;
            }
        }

        var known = found.Where(f => f.Status is not null).Select(f => f.Id).ToHashSet();
        found.AddRange(workers.Values
            .Where(w => !known.Contains(w.Id) && !(workers.ContainsKey(w.ParentId) && now - (machineStartedAt + w.StartedAfterBoot) < settled))
            .Select(w => new Found(_name, w.Id, w)));

        return isAnyDenied || !_table.ShowsOthers ? Hidden : null;
    }

    /// <summary>
    /// This process is a worker only where its own name was asked for: a tool that was told what to look for holds it in its
    /// command line.
    /// </summary>
    private bool IsWorker(ProcessStatus process)
    {
        if (process.Id == Environment.ProcessId && (_options.Name is null || _options.CommandLineContains is not null))
        {
            return false;
        }

        var commandLine = _table.CommandLine(process.Id);
        return (_options.Name is not { } name || ProcessName.Matches(name, process.Command, commandLine))
            && (_options.CommandLineContains is not { } text || commandLine.Replace('\0', ' ').Contains(text, StringComparison.Ordinal));
    }

    private SectionFailure? FindByFile(int index, List<Found> found, DateTimeOffset? machineStartedAt)
    {
        const int MaxLength = 64;
        var path = _options.PidFiles[index];
        var key = string.Create(CultureInfo.InvariantCulture, $"{ProcessesOptions.SectionName}:PidFiles:{index}");
        switch (ProgramFile.KindAt(path))
        {
            case FileKind.Missing:
                return null;
            case FileKind.Denied:
                return Denied(key);
            case FileKind.Folder or FileKind.Special:
                return new SectionFailure("error", $"{key} is no regular file; name the file that the worker writes its process number into");
        }

        var text = SmallFile.Read(path, out var isDenied, MaxLength);
        if (text is null)
        {
            return isDenied ? Denied(key) : ProgramFile.KindAt(path) == FileKind.Missing ? null : new SectionFailure("error", $"{key} can't be read");
        }

        if (!int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0)
        {
            return new SectionFailure("error", $"{key} holds no process number; name the file that the worker writes its process number into");
        }

        var writtenAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
        var status = _table.Status(id, out isDenied);
        if (isDenied)
        {
            return Hidden;
        }

        var isSame = status is not null && !IsAnother(status, writtenAt, machineStartedAt);
        found.Add(new Found(_options.Name ?? Path.GetFileNameWithoutExtension(path), id, isSame ? status : null));
        return null;
    }

    /// <summary>The number of a worker that is gone may be another process's by now: one of another name, or younger than the file.</summary>
    private bool IsAnother(ProcessStatus process, DateTimeOffset writtenAt, DateTimeOffset? machineStartedAt)
    {
        var tolerance = TimeSpan.FromSeconds(5);
        return (_options.Name is { } name && !ProcessName.Matches(name, process.Command, _table.CommandLine(process.Id)))
            || machineStartedAt + process.StartedAfterBoot > writtenAt + tolerance;
    }

    private static SectionFailure Denied(string key) => new("permissionDenied", $"{key} may not be read by this user; give it read permission");

    /// <summary>Where a number is wanted, none at all is a deployment that is not as it should be, and not a missing one.</summary>
    private IReadOnlyList<DeploymentEvidence> Deployments(List<Found> found, DateTimeOffset? machineStartedAt) => found.Count == 0 && _options.DesiredReplicas is null ? [] :
    [
        new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Process,
            Name = _name,
            DesiredReplicas = _options.DesiredReplicas,
            ReadyReplicas = found.Count(f => f.IsRunning),
            Instances = [.. found.OrderBy(f => f.Id).Select(f => new InstanceEvidence
            {
                Id = f.Instance,
                State = f.IsRunning ? InstanceState.Running : InstanceState.Terminated,
                ExitCode = f.IsRunning ? null : f.Status?.ExitCode,
                StartedAt = machineStartedAt + f.Status?.StartedAfterBoot,
            })],
        },
    ];

    /// <summary>CPU and disks need two looks: the one of an earlier collection, or a second one soon after the first.</summary>
    private async Task<IReadOnlyList<ResourceEvidence>> ResourcesAsync(List<Found> running, int processors, long start, CancellationToken cancellationToken)
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

        void Take(Found process)
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
