using System.Globalization;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Processes;

/// <summary>Finds the workers among the processes of this host.</summary>
internal sealed class WorkerProcesses(ProcessesOptions options, ProcessTable table, TimeProvider time)
{
    private const int MaxInstances = 1_000;

    private static readonly SectionFailure NoProc = new(SectionFailure.NotSupported, "processes are read from /proc, which only Linux has; remove AddProcesses on other systems");

    private static readonly SectionFailure Hidden = new("permissionDenied", "processes of other users are hidden from this one, so the workers may run unseen; run the diagnostics as the workers' user, or mount /proc without hidepid");

    /// <summary>What the deployment is called: as the processes, as their only pid file, or as the runbook calls workers.</summary>
    public string Name { get; } =
        options.Name ?? (options is { CommandLineContains: null, PidFiles: [var file] } ? Path.GetFileNameWithoutExtension(file) : "worker");

    /// <summary>Finds them.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found, and why there may be more; null: that is all.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public (IReadOnlyList<WorkerProcess> Found, SectionFailure? Failure) Find(CancellationToken cancellationToken)
    {
        if (!table.Exists)
        {
            return ([], NoProc);
        }

        var machineStartedAt = table.Machine().StartedAt;
        var found = new List<WorkerProcess>();
        SectionFailure? failure = null;
        for (var i = 0; i < options.PidFiles.Count; i++)
        {
            var failed = FindByFile(i, found, machineStartedAt);
            failure ??= failed;
        }

        if (options.Name is not null || options.CommandLineContains is not null)
        {
            var failed = FindByName(found, machineStartedAt, cancellationToken);
            failure ??= failed;
        }

        return (found, failure);
    }

    private SectionFailure? FindByName(List<WorkerProcess> found, DateTimeOffset? machineStartedAt, CancellationToken cancellationToken)
    {
        // A worker that starts a program is two processes of its name for a moment, until the new one becomes the program.
        var settled = TimeSpan.FromSeconds(3);
        var now = time.GetUtcNow();
        var workers = new Dictionary<int, ProcessStatus>();
        var isAnyDenied = false;
        foreach (var id in table.Ids())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (workers.Count >= MaxInstances)
            {
                break;
            }

            var status = table.Status(id, out var isDenied);
            isAnyDenied |= isDenied;
            if (status is not null && IsWorker(status))
            {
                workers[id] = status;
            }
        }

        var known = found.Where(f => f.Status is not null).Select(f => f.Id).ToHashSet();
        found.AddRange(workers.Values
            .Where(w => !known.Contains(w.Id) && !(workers.ContainsKey(w.ParentId) && now - (machineStartedAt + w.StartedAfterBoot) < settled))
            .Select(w => new WorkerProcess(Name, w.Id, w, machineStartedAt + w.StartedAfterBoot)));

        return isAnyDenied || !table.ShowsOthers ? Hidden : null;
    }

    /// <summary>
    /// This process is a worker only where its own name was asked for: a tool that was told what to look for holds it in its
    /// command line.
    /// </summary>
    private bool IsWorker(ProcessStatus process)
    {
        if (process.Id == Environment.ProcessId && (options.Name is null || options.CommandLineContains is not null))
        {
            return false;
        }

        var commandLine = table.CommandLine(process.Id);
        return (options.Name is not { } name || ProcessName.Matches(name, process.Command, commandLine))
            && (options.CommandLineContains is not { } text || commandLine.Replace('\0', ' ').Contains(text, StringComparison.Ordinal));
    }

    private SectionFailure? FindByFile(int index, List<WorkerProcess> found, DateTimeOffset? machineStartedAt)
    {
        const int MaxLength = 64;
        var path = options.PidFiles[index];
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
        var status = table.Status(id, out isDenied);
        if (isDenied)
        {
            return Hidden;
        }

        var isSame = status is not null && !IsAnother(status, writtenAt, machineStartedAt);
        found.Add(new WorkerProcess(options.Name ?? Path.GetFileNameWithoutExtension(path), id, isSame ? status : null, isSame ? machineStartedAt + status!.StartedAfterBoot : null));
        return null;
    }

    /// <summary>The number of a worker that is gone may be another process's by now: one of another name, or younger than the file.</summary>
    private bool IsAnother(ProcessStatus process, DateTimeOffset writtenAt, DateTimeOffset? machineStartedAt)
    {
        var tolerance = TimeSpan.FromSeconds(5);
        return (options.Name is { } name && !ProcessName.Matches(name, process.Command, table.CommandLine(process.Id)))
            || machineStartedAt + process.StartedAfterBoot > writtenAt + tolerance;
    }

    private static SectionFailure Denied(string key) => new("permissionDenied", $"{key} may not be read by this user; give it read permission");
}
