using System.Diagnostics;
using System.Globalization;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Processes;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Processes;

/// <summary>Real processes of a name of their own, and a /proc made of files for what can't be had at will.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ProcessesCollectorTests : IAsyncLifetime
{
    private readonly ProgramFolder _folder = new();
    private readonly List<Process> _started = [];
    private readonly string _name = $"cw-{Guid.NewGuid():N}"[..14];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        File.Copy("/bin/sleep", Program);
        File.Copy("/bin/sh", Shell);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        _folder.Dispose();
    }

    private string Program => Path.Combine(_folder.Path, _name);

    private string Shell => Path.Combine(_folder.Path, _name + "s");

    [Fact]
    public async Task CollectAsync_ByName_FindsEachProcessWithItsStartAndMemory()
    {
        var before = TimeProvider.System.GetUtcNow();
        var ids = new[] { await StartAsync(Program, "60"), await StartAsync(Program, "61") }.Order().ToArray();

        var evidence = await CollectAsync(o => o.Name = _name);

        var deployment = evidence.Deployments.Value.Should().ContainSingle().Subject;
        (deployment.Platform, deployment.Name, deployment.DesiredReplicas, deployment.ReadyReplicas, deployment.RestartsLast5Minutes)
            .Should().Be((DeploymentPlatform.Process, _name, null, 2, null));
        deployment.Instances!.Select(i => (i.Id, i.State)).Should().Equal(ids.Select(id => ($"{_name}:{id}", InstanceState.Running)));
        deployment.Instances!.Should().OnlyContain(i => i.StartedAt > before.AddSeconds(-5) && i.StartedAt < before.AddMinutes(2));
        evidence.Resources.Value.Should().HaveCount(2);
        evidence.Resources.Value![0].MemoryBytes.Should().BeInRange(100_000, 100_000_000);
        evidence.Resources.Value.Should().OnlyContain(r => r.CpuPercent < 10, "a sleeping process takes no time, and a first reading knows it by a second look");
    }

    [Fact]
    public async Task CollectAsync_BurningProcess_ShowsItsCpuShareAtTheFirstReadingAndLater()
    {
        await StartAsync(Shell, "-c", "while :; do :; done");
        var collector = Collector(o => o.Name = Path.GetFileName(Shell), deadline: 8);

        var first = (await collector.CollectAsync(Cancellation)).Resources.Value.Should().ContainSingle().Subject;
        await Task.Delay(1_000, Cancellation);
        var watch = Stopwatch.StartNew();
        var second = (await collector.CollectAsync(Cancellation)).Resources.Value.Should().ContainSingle().Subject;

        first.CpuPercent.Should().BeGreaterThan(3);
        second.CpuPercent.Should().BeGreaterThan(3);
        first.CpuPercent.Should().BeLessThanOrEqualTo(105);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(1.5), "an earlier reading serves, and no second look is waited for");
    }

    [Fact]
    public async Task CollectAsync_NobodyOfThatName_IsAnEmptyList() => (await CollectAsync(o => o.Name = _name)).Deployments.Value.Should().BeEmpty();

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task CollectAsync_NobodyOfThatNameAndANumberIsWanted_IsADeploymentWithoutInstances(int desired) =>
        (await CollectAsync(o => (o.Name, o.DesiredReplicas) = (_name, desired))).Deployments.Value.Should().ContainSingle().Which.Should().BeEquivalentTo(new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Process, Name = _name, DesiredReplicas = desired, ReadyReplicas = 0, Instances = [],
        });

    [Fact]
    public async Task CollectAsync_CommandLine_TellsProcessesOfOneInterpreterApart()
    {
        await StartAsync(Shell, "-c", "sleep 60; : some/other.js");
        var id = await StartAsync(Shell, "-c", "sleep 60; : worker/index.js");

        var deployment = (await CollectAsync(o => (o.Name, o.CommandLineContains) = (Path.GetFileName(Shell), "worker/index.js"))).Deployments.Value.Should().ContainSingle().Subject;

        deployment.Instances.Should().ContainSingle().Which.Id.Should().Be($"{_name}s:{id}");
    }

    [Fact]
    public async Task CollectAsync_OwnCommandLineHoldsTheText_IsNotCounted()
    {
        var own = (await File.ReadAllTextAsync("/proc/self/cmdline", Cancellation)).Split('\0')[0];

        var deployments = (await CollectAsync(o => o.CommandLineContains = own)).Deployments.Value!;

        deployments.SelectMany(d => d.Instances!).Should().NotContain(i => i.Id.EndsWith($":{Environment.ProcessId}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CollectAsync_OwnName_IsCounted()
    {
        var own = Path.GetFileName((await File.ReadAllTextAsync("/proc/self/cmdline", Cancellation)).Split('\0')[0]);

        var deployment = (await CollectAsync(o => o.Name = own)).Deployments.Value.Should().ContainSingle().Subject;

        deployment.Instances.Should().Contain(i => i.Id == $"{own}:{Environment.ProcessId}");
    }

    [Fact]
    public async Task CollectAsync_EndedAndNotReaped_IsTerminated()
    {
        // The shell becomes a program that waits for no child.
        await StartAsync(Shell, "-c", $"{Program} 0 & exec sleep 60");
        IReadOnlyList<InstanceEvidence> instances = [];
        for (var attempt = 0; attempt < 100 && !instances.Any(i => i.State == InstanceState.Terminated); attempt++)
        {
            await Task.Delay(50, Cancellation);
            instances = [.. (await CollectAsync(o => o.Name = _name)).Deployments.Value!.SelectMany(d => d.Instances!)];
        }

        instances.Should().ContainSingle().Which.Should().Match<InstanceEvidence>(i => i.State == InstanceState.Terminated && i.ExitCode == null && i.StartedAt != null);
    }

    [Fact]
    public async Task CollectAsync_PidFile_FindsItsProcess()
    {
        var id = await StartAsync(Program, "60");
        var file = _folder.Text("render.pid", $"{id}\n");

        var deployment = (await CollectAsync(o => o.PidFiles.Add(file))).Deployments.Value.Should().ContainSingle().Subject;

        (deployment.Name, deployment.Instances![0].Id, deployment.Instances[0].State).Should().Be(("render", $"render:{id}", InstanceState.Running));
    }

    [Fact]
    public async Task CollectAsync_PidFileOfADeadProcess_IsTerminated()
    {
        var id = await StartAsync(Program, "60");
        var file = _folder.Text("render.pid", $"{id}");
        _started[0].Kill();
        await _started[0].WaitForExitAsync(Cancellation);

        var evidence = await CollectAsync(o => o.PidFiles.Add(file));

        evidence.Deployments.Value.Should().ContainSingle().Which.Instances.Should().ContainSingle().Which.Should().Be(new InstanceEvidence { Id = $"render:{id}", State = InstanceState.Terminated });
        evidence.Resources.Value.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_NumberInThePidFileIsAnothersByNow_IsTerminated()
    {
        var id = await StartAsync(Program, "60");
        var file = _folder.Text("render.pid", $"{id}");
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddHours(-1));

        (await CollectAsync(o => o.PidFiles.Add(file))).Deployments.Value.Should().ContainSingle().Which.Instances.Should().ContainSingle().Which.State.Should().Be(InstanceState.Terminated);
    }

    [Fact]
    public async Task CollectAsync_PidFileIsMissing_NothingRuns() =>
        (await CollectAsync(o => o.PidFiles.Add($"{_folder.Path}/none.pid"))).Deployments.Value.Should().BeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("not a number")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public async Task CollectAsync_PidFileHoldsNoNumber_IsUnavailable(string text)
    {
        var file = _folder.Text("render.pid", text);

        ExpectBoth(await CollectAsync(o => o.PidFiles.Add(file)), new SectionFailure("error", "Cliply:Diagnostics:Processes:PidFiles:0 holds no process number; name the file that the worker writes its process number into"));
    }

    [Fact]
    public async Task CollectAsync_PidFileIsEndless_IsUnavailableInBoundedMemory()
    {
        var file = Path.Combine(_folder.Path, "huge.pid");
        await using (var huge = File.Create(file))
        {
            huge.SetLength(100_000_000);
        }

        var before = GC.GetTotalAllocatedBytes();

        ExpectBoth(await CollectAsync(o => o.PidFiles.Add(file)), new SectionFailure("error", "Cliply:Diagnostics:Processes:PidFiles:0 holds no process number; name the file that the worker writes its process number into"));
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(16_000_000);
    }

    [Fact]
    public async Task CollectAsync_PidFileIsANamedPipe_IsUnavailableAndNeverOpened()
    {
        var pipe = Path.Combine(_folder.Path, "pipe.pid");
        using (var mkfifo = Process.Start("mkfifo", [pipe]))
        {
            await mkfifo.WaitForExitAsync(Cancellation);
        }

        var evidence = await Task.Run(() => CollectAsync(o => o.PidFiles.Add(pipe)), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        ExpectBoth(evidence, new SectionFailure("error", "Cliply:Diagnostics:Processes:PidFiles:0 is no regular file; name the file that the worker writes its process number into"));
    }

    [Fact]
    public async Task CollectAsync_OneBadPidFileBesideARunningWorker_ShowsTheWorker()
    {
        var id = await StartAsync(Program, "60");
        var good = _folder.Text("good.pid", $"{id}");
        var bad = _folder.Text("bad.pid", "nonsense");

        var deployment = (await CollectAsync(o => (o.PidFiles, o.Name) = ([bad, good], _name))).Deployments.Value.Should().ContainSingle().Subject;

        deployment.Instances.Should().ContainSingle().Which.Id.Should().Be($"{_name}:{id}");
    }

    [Fact]
    public async Task CollectAsync_PidFileIsLockedByItsDaemon_IsReadAllTheSame()
    {
        var id = await StartAsync(Program, "60");
        var file = _folder.Text("render.pid", $"{id}");
        await using var daemon = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        (await CollectAsync(o => o.PidFiles.Add(file))).Deployments.Value.Should().ContainSingle().Which.Instances![0].State.Should().Be(InstanceState.Running);
    }

    [Fact]
    public async Task CollectAsync_NoProc_IsNotSupported() =>
        ExpectBoth(await CollectAsync(o => o.Name = "worker", root: _folder.Path), new SectionFailure("not-supported", "processes are read from /proc, which only Linux has; remove AddProcesses on other systems"));

    [Fact]
    public async Task CollectAsync_OthersAreHidden_IsPermissionDeniedUnlessAWorkerIsSeen()
    {
        _folder.Text("proc/stat", "cpu  1 2 3\ncpu0 1 2 3\nbtime 1795592000\n");
        var expected = new SectionFailure("permissionDenied", "processes of other users are hidden from this one, so the workers may run unseen; run the diagnostics as the workers' user, or mount /proc without hidepid");

        ExpectBoth(await CollectAsync(o => o.Name = "worker", root: _folder.Path), expected);
        Proc(7, "worker", 'S');

        (await CollectAsync(o => o.Name = "worker", root: _folder.Path)).Deployments.Value.Should().ContainSingle().Which.Instances.Should().ContainSingle();
    }

    [Fact]
    public async Task CollectAsync_LimitsAndDiskWait_AreReadFromTheKernelsFiles()
    {
        _folder.Text("proc/stat", "cpu  1 2 3\ncpu0 1 2 3\ncpu1 1 2 3\ncpu2 1 2 3\ncpu3 1 2 3\nbtime 1795592000\n");
        _folder.Text("proc/sys/kernel/task_delayacct", "1\n");
        _folder.Text("proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        _folder.Text("sys/fs/cgroup/w/memory.max", "5000000\n");
        _folder.Text("sys/fs/cgroup/w/cpu.max", "200000 100000\n");
        Proc(1, "init", 'S');
        Proc(7, "worker", 'S', ticks: 100, pages: 100, diskWait: 50);
        _folder.Text("proc/7/cgroup", "0::/w\n");
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var collector = Collector(o => o.Name = "worker", deadline: 2, _folder.Path, time);

        var collecting = collector.CollectAsync(Cancellation);
        Proc(7, "worker", 'S', ticks: 145, pages: 100, diskWait: 68);
        while (!collecting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(450));
            await Task.Delay(20, Cancellation);
        }

        var evidence = await collecting;
        evidence.Deployments.Value![0].Instances![0].StartedAt.Should().Be(DateTimeOffset.FromUnixTimeSeconds(1795592000 + 60));
        evidence.Resources.Value.Should().ContainSingle().Which.Should().Be(new ResourceEvidence
        {
            Instance = "worker:7",
            CpuPercent = 50,
            MemoryBytes = 100L * Environment.SystemPageSize,
            MemoryLimitBytes = 5_000_000,
            IoWaitPercent = 40,
        });
    }

    [Fact]
    public async Task CollectAsync_WorkerStartsAProgram_ItsShortLivedTwinIsNotCounted()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1795592000 + 100));
        _folder.Text("proc/stat", "cpu  1\ncpu0 1\nbtime 1795592000\n");
        Proc(1, "init", 'S');
        Proc(7, "worker", 'S', started: 1_000);
        Proc(8, "worker", 'S', started: 9_950, parent: 7);
        Proc(9, "worker", 'S', started: 5_000, parent: 7);
        Proc(10, "worker", 'S', started: 9_950);
        var collecting = Collector(o => o.Name = "worker", deadline: 2, _folder.Path, time).CollectAsync(Cancellation);
        while (!collecting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(450));
            await Task.Delay(20, Cancellation);
        }

        (await collecting).Deployments.Value![0].Instances!.Select(i => i.Id).Should().Equal("worker:7", "worker:9", "worker:10");
    }

    [Theory]
    [InlineData("0\n")]
    [InlineData(null)]
    public async Task CollectAsync_KernelDoesNotAccountForDisks_DiskWaitIsUnknown(string? setting)
    {
        _folder.Text("proc/stat", "cpu  1\ncpu0 1\nbtime 1795592000\n");
        if (setting is not null)
        {
            _folder.Text("proc/sys/kernel/task_delayacct", setting);
        }

        Proc(1, "init", 'S');
        Proc(7, "worker", 'S');

        (await CollectAsync(o => o.Name = "worker", root: _folder.Path)).Resources.Value.Should().ContainSingle().Which.IoWaitPercent.Should().BeNull();
    }

    private static void ExpectBoth(CollectedEvidence evidence, SectionFailure failure)
    {
        evidence.Deployments.Unavailable.Should().Be(failure);
        evidence.Resources.Unavailable.Should().Be(failure);
    }

    private void Proc(int id, string name, char state, int ticks = 0, int pages = 1, int diskWait = 0, int parent = 1, int started = 6000)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{id} ({name}) {state} {parent} 1 1 0 -1 4194304 99 0 0 0 {ticks} 0 0 0 20 0 1 0 {started} 3133440 {pages} 18446744073709551615 1 1 1 0 0 0 0 0 0 0 0 0 17 0 0 0 {diskWait} 0 0 1 1 1 1 1 1 1 0\n");
        _folder.Text($"proc/{id}/stat", text);
        _folder.Text($"proc/{id}/task/{id}/stat", text);
        _folder.Text($"proc/{id}/cmdline", $"{name}\0");
    }

    private async Task<int> StartAsync(string program, params string[] arguments)
    {
        var process = Process.Start(program, arguments);
        _started.Add(process);

        // Between fork and exec a child still bears its parent's name. What it bears then is not waited for: a shell may have become another program.
        var parent = await File.ReadAllTextAsync("/proc/self/cmdline", Cancellation);
        while (await File.ReadAllTextAsync($"/proc/{process.Id}/cmdline", Cancellation) == parent)
        {
            await Task.Delay(10, Cancellation);
        }

        return process.Id;
    }

    private static Task<CollectedEvidence> CollectAsync(Action<ProcessesOptions> configure, string root = "/") => Collector(configure, 4, root).CollectAsync(Cancellation);

    private static ProcessesCollector Collector(Action<ProcessesOptions> configure, double deadline, string root = "/", TimeProvider? time = null)
    {
        var options = new ProcessesOptions();
        configure(options);
        return new ProcessesCollector(Options.Create(options), Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromSeconds(deadline) }), time ?? TimeProvider.System, root);
    }
}
