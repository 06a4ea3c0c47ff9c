using System.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Systemd;
using Cliply.Diagnostics.Tests.Binaries;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Systemd;

/// <summary>Programs in the place of systemctl and journalctl that print what the real ones printed, or misbehave.</summary>
[Collection(ProgramTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SystemdCollectorTests : IDisposable
{
    private static readonly SectionFailure NoSystemd = new("not-supported", "systemd does not run on this host; remove AddSystemd, or run the diagnostics on the host of the workers and not in a container beside them");
    private static readonly SectionFailure BusDenied = new("permissionDenied", "systemd's bus can't be reached by this user from here; run the diagnostics on the host of the workers, as a user that may ask systemd for its units");

    private readonly ProgramFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CollectAsync_RunningUnit_FillsAllThreeSections()
    {
        Systemctl($"cat {Captured.Path("running.txt")}");
        Journalctl($"cat {Captured.Path("journal.json")}");

        var evidence = await CollectAsync();

        var deployment = evidence.Deployments.Value.Should().ContainSingle().Subject;
        (deployment.Name, deployment.DesiredReplicas, deployment.ReadyReplicas).Should().Be(("cliply-worker", 1, 1));
        evidence.Resources.Value.Should().ContainSingle().Which.Should().Be(new ResourceEvidence { Instance = "cliply-worker", MemoryBytes = 188416 });
        var log = evidence.Logs.Value.Should().ContainSingle().Subject;
        (log.Source, log.Lines).Should().Be(("systemd:cliply-worker", 18));
    }

    [Fact]
    public async Task CollectAsync_Programs_GetPlainArgumentsAndAnEnvironmentWithoutColoursOrPager()
    {
        Systemctl($"echo \"$@\" > {_folder.Path}/systemctl.args; env > {_folder.Path}/env; pwd > {_folder.Path}/pwd; cat {Captured.Path("running.txt")}");
        Journalctl($"echo \"$@\" > {_folder.Path}/journalctl.args; [ -t 0 ] || [ -t 1 ] && exit 9; cat {Captured.Path("journal.json")}");

        var evidence = await CollectAsync();

        evidence.Logs.IsKnown.Should().BeTrue();
        Read("systemctl.args").Should().Be($"show --no-pager --no-ask-password --property={SystemdUnit.Properties} -- cliply-worker.service");
        Read("journalctl.args").Should().Be($"--unit cliply-worker --output=json --output-fields={JournalTail.Fields} --reverse --all --lines=500 --no-pager");
        Read("env").Split('\n').Should().Contain(["LC_ALL=C", "TZ=UTC", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER="]);
        Read("pwd").Should().Be("/");

        string Read(string name) => File.ReadAllText(Path.Combine(_folder.Path, name)).TrimEnd();
    }

    [Fact]
    public async Task CollectAsync_CpuTimeGrows_IsPercentOfTheQuotaAtTheFirstReading()
    {
        // Each look finds a tenth of a second of CPU time more per tenth of a second that has passed since the first.
        Systemctl($$"""
            now=$(date +%s%N)
            [ -e {{_folder.Path}}/first ] || echo $now > {{_folder.Path}}/first
            printf 'Id=cliply-worker.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\nMemoryCurrent=900\nMemoryMax=1000\nCPUQuotaPerSecUSec=500ms\nCPUUsageNSec=%s\n' $(( (now - $(cat {{_folder.Path}}/first)) / 2 ))
            """);
        Journalctl("true");

        var resource = (await CollectAsync(deadline: 10)).Resources.Value.Should().ContainSingle().Subject;

        resource.CpuPercent.Should().BeInRange(60, 140, "half a processor of half a processor is used");
        (resource.MemoryBytes, resource.MemoryLimitBytes).Should().Be((900, 1000));
    }

    [Fact]
    public async Task CollectAsync_PageCache_IsNotCountedAsUsed()
    {
        Systemctl("printf 'Id=cliply-worker.service\\nLoadState=loaded\\nActiveState=active\\nSubState=running\\nMainPID=7\\nMemoryCurrent=990\\nMemoryMax=1000\\nControlGroup=/system.slice/cliply-worker.service\\n'");
        Journalctl("true");
        _folder.Text("root/sys/fs/cgroup/system.slice/cliply-worker.service/memory.stat", "anon 300\nfile 690\ninactive_file 600\nactive_file 90\n");

        var resource = (await CollectAsync(root: $"{_folder.Path}/root")).Resources.Value.Should().ContainSingle().Subject;

        resource.MemoryBytes.Should().Be(390);
    }

    [Fact]
    public async Task CollectAsync_NoSystemctl_IsNotSupported()
    {
        var evidence = await CollectAsync();

        ExpectAll(evidence, new SectionFailure("not-supported", "there is no systemctl on PATH, so systemd does not run on this host; remove AddSystemd, or correct PATH"));
    }

    [Fact]
    public async Task CollectAsync_NotBootedWithSystemd_IsNotSupported()
    {
        Systemctl("echo \"System has not been booted with systemd as init system (PID 1). Can't operate.\" >&2; echo 'Failed to connect to bus: Host is down' >&2; exit 1");

        ExpectAll(await CollectAsync(), NoSystemd);
    }

    [Theory]
    [InlineData("Failed to connect to bus: Permission denied")]
    [InlineData("Failed to connect to bus: No such file or directory")]
    [InlineData("Failed to get properties: Access denied")]
    public async Task CollectAsync_BusDenied_IsPermissionDeniedAndTheJournalIsStillRead(string error)
    {
        Systemctl($"echo '{error}' >&2; exit 1");
        Journalctl($"cat {Captured.Path("journal.json")}");

        var evidence = await CollectAsync();

        evidence.Deployments.Unavailable.Should().Be(BusDenied);
        evidence.Resources.Unavailable.Should().Be(BusDenied);
        evidence.Logs.Value.Should().ContainSingle().Which.Lines.Should().Be(18);
    }

    [Theory]
    [InlineData("echo secret-CANARY >&2; exit 4", "error", "systemctl ended with exit code 4")]
    [InlineData("echo this is no answer", "error", "systemctl's answer can't be read")]
    [InlineData("head -c 100000000 /dev/zero", "error", "systemctl printed more than 4 MiB; name fewer units")]
    [InlineData("head -c 100000000 /dev/zero >&2", "error", "systemctl printed more than 4 MiB; name fewer units")]
    public async Task CollectAsync_SystemctlFails_SaysWhyInBoundedMemory(string script, string code, string message)
    {
        Systemctl(script);
        Journalctl($"cat {Captured.Path("journal.json")}");
        var before = GC.GetTotalAllocatedBytes();

        var evidence = await CollectAsync(deadline: 20);

        evidence.Deployments.Unavailable.Should().Be(new SectionFailure(code, message));
        evidence.Resources.Unavailable.Should().Be(new SectionFailure(code, message));
        evidence.Logs.IsKnown.Should().BeTrue();
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(64_000_000);
    }

    [Fact]
    public async Task CollectAsync_SystemctlHangs_TimesOutWithinTheDeadlineAndTheJournalIsStillRead()
    {
        Systemctl("trap '' INT TERM; while :; do sleep 0.05; done");
        Journalctl($"cat {Captured.Path("journal.json")}");
        var watch = Stopwatch.StartNew();

        var evidence = await CollectAsync(deadline: 4);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(4));
        evidence.Deployments.Unavailable.Should().Be(new SectionFailure("timeout", "systemctl did not answer in time"));
        evidence.Logs.IsKnown.Should().BeTrue();
        await _folder.ExpectNoProcessAsync(Cancellation);
    }

    [Fact]
    public async Task CollectAsync_JournalHangsAndLeavesAChild_OnlyLogsTimeOut()
    {
        Systemctl($"cat {Captured.Path("running.txt")}");
        Journalctl($"trap '' INT TERM; sh {_folder.Text("child.sh", "trap '' INT TERM; while :; do sleep 0.05; done")} & while :; do sleep 0.05; done");
        var watch = Stopwatch.StartNew();

        var evidence = await CollectAsync(deadline: 3);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
        evidence.Deployments.IsKnown.Should().BeTrue();
        evidence.Resources.IsKnown.Should().BeTrue();
        evidence.Logs.Unavailable.Should().Be(new SectionFailure("timeout", "journalctl did not answer in time"));
        await _folder.ExpectNoProcessAsync(Cancellation);
    }

    [Fact]
    public async Task CollectAsync_JournalStallsMidway_KeepsWhatHasArrivedAndSaysSo()
    {
        Systemctl($"cat {Captured.Path("running.txt")}");
        Journalctl($"head -n 12 {Captured.Path("journal.json")}; while :; do sleep 0.05; done");

        var log = (await CollectAsync(deadline: 3)).Logs.Value.Should().ContainSingle().Subject;

        (log.Source, log.Lines).Should().Be(("systemd:cliply-worker (partial: journalctl did not answer in time)", 5));
    }

    [Theory]
    [InlineData("echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1", "permissionDenied", "this user may not read the journal; add it to the group systemd-journal")]
    [InlineData("echo 'Hint: You are currently not seeing messages from other users and the system.' >&2; exit 0", "permissionDenied", "this user may not read the journal; add it to the group systemd-journal")]
    [InlineData("echo 'No journal files were found.' >&2; exit 0", "not-supported", "this host keeps no journal; read the workers' log files with AddLogs")]
    [InlineData("exit 7", "error", "journalctl ended with exit code 7")]
    [InlineData("echo '{'; echo '}'", "error", "journalctl's answer can't be read")]
    [InlineData("head -c 100000000 /dev/zero", "error", "journalctl's answer can't be read")]
    public async Task CollectAsync_JournalFails_OnlyLogsAreUnavailableInBoundedMemory(string script, string code, string message)
    {
        Systemctl($"cat {Captured.Path("running.txt")}");
        Journalctl(script);
        var before = GC.GetTotalAllocatedBytes();

        var evidence = await CollectAsync(deadline: 20);

        evidence.Logs.Unavailable.Should().Be(new SectionFailure(code, message));
        evidence.Deployments.IsKnown.Should().BeTrue();
        evidence.Resources.IsKnown.Should().BeTrue();
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(64_000_000);
    }

    [Fact]
    public async Task CollectAsync_NoJournalctl_OnlyLogsAreUnavailable()
    {
        Systemctl($"cat {Captured.Path("running.txt")}");

        var evidence = await CollectAsync();

        evidence.Deployments.IsKnown.Should().BeTrue();
        evidence.Logs.Unavailable.Should().Be(new SectionFailure("not-supported", "there is no journalctl on PATH; install it, or read the workers' log files with AddLogs"));
    }

    [Fact]
    public async Task CollectAsync_JournalFloodsWithEntries_KeepsTheNewestInBoundedMemory()
    {
        Systemctl($"cat {Captured.Path("running.txt")}");
        Journalctl("""yes '{"MESSAGE":"claimed job 1","__REALTIME_TIMESTAMP":"1795593826094962"}' | head -c 100000000""");
        var before = GC.GetTotalAllocatedBytes();

        var log = (await CollectAsync(deadline: 30)).Logs.Value.Should().ContainSingle().Subject;

        log.Findings.Should().ContainSingle().Which.Pattern.Should().Be("job-claimed");
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(64_000_000);
    }

    [Fact]
    public async Task CollectAsync_UnitNotFound_NothingIsDeployed()
    {
        Systemctl($"cat {Captured.Path("not-found.txt")}");
        Journalctl("true");

        var evidence = await CollectAsync();

        evidence.Deployments.Value.Should().BeEmpty();
        var failure = new SectionFailure("not-configured", "systemd has no such unit loaded; name the workers' units with AddSystemd or Cliply:Diagnostics:Systemd:Units");
        evidence.Resources.Unavailable.Should().Be(failure);
        evidence.Logs.Unavailable.Should().Be(failure);
    }

    [Theory]
    [InlineData("printf 'cliply-worker@.service disabled enabled\\n'", 0)]
    [InlineData("printf 'cliply-worker@.service indirect enabled\\ncliply-worker@1.service enabled enabled\\n'", 1)]
    public async Task CollectAsync_NoInstanceOfTheTemplateLoaded_IsDeployedAndScaledToZero(string files, int desired)
    {
        Systemctl($"[ \"$1\" = show ] && exit 0; {files}");
        Journalctl("true");

        var evidence = await CollectAsync(["cliply-worker@*"]);

        evidence.Deployments.Value.Should().ContainSingle().Which.Should().BeEquivalentTo(new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Systemd, Name = "cliply-worker@*", DesiredReplicas = desired, ReadyReplicas = 0, RestartsLast5Minutes = 0, Instances = [],
        });
    }

    [Fact]
    public async Task CollectAsync_TemplateCanNotBeLookedUp_NothingIsKnownToBeMissing()
    {
        Systemctl($"[ \"$1\" = show ] && exec cat {Captured.Path("killed.txt")}; echo 'Access denied' >&2; exit 1");

        var evidence = await CollectAsync(["cliply-worker", "render@*"]);

        evidence.Deployments.Unavailable.Should().Be(BusDenied);
    }

    [Fact]
    public async Task CollectAsync_NoSuchTemplate_NothingIsDeployed()
    {
        Systemctl("[ \"$1\" = show ] && exit 0; exit 1");

        (await CollectAsync(["cliply-worker@*"])).Deployments.Value.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_SeveralUnits_FailedOnesLogsComeFirstAndOneUnreadableLogIsNamed()
    {
        Systemctl($"cat {Captured.Path("running.txt")}; echo; cat {Captured.Path("start-limit.txt")}; echo; cat {Captured.Path("not-found.txt")}");
        Journalctl($"[ \"$2\" = cliply-worker ] && exit 3; cat {Captured.Path("journal.json")}");

        var evidence = await CollectAsync(["cliply-worker", "cliply-limit", "cliply-missing"]);

        evidence.Deployments.Value!.Select(d => d.Name).Should().Equal("cliply-worker", "cliply-limit");
        evidence.Logs.Value!.Select(l => (l.Source, l.Lines)).Should().Equal(
            ("systemd:cliply-limit", 18L),
            ("systemd:cliply-worker (not read: journalctl ended with exit code 3)", null));
    }

    [Fact]
    public async Task CollectAsync_RestartsBetweenReadings_AreCountedAndTheCrashIsRemembered()
    {
        var unit = _folder.Text("unit.txt", Captured.Text("killed.txt"));
        Systemctl($"cat {unit}");
        Journalctl("exit 1");
        var collector = Collector();

        (await collector.CollectAsync(Cancellation)).Deployments.Value![0].Instances![0].ExitCode.Should().Be(137);
        await File.WriteAllTextAsync(unit, Captured.Text("running.txt").Replace("NRestarts=0", "NRestarts=9", StringComparison.Ordinal), Cancellation);
        var deployment = (await collector.CollectAsync(Cancellation)).Deployments.Value![0];

        deployment.RestartsLast5Minutes.Should().BeGreaterThanOrEqualTo(4);
        (deployment.Instances![0].State, deployment.Instances[0].LastTerminationReason, deployment.Instances[0].LastExitCode).Should().Be((InstanceState.Running, "signal", 137));
    }

    private static void ExpectAll(CollectedEvidence evidence, SectionFailure failure)
    {
        evidence.Deployments.Unavailable.Should().Be(failure);
        evidence.Resources.Unavailable.Should().Be(failure);
        evidence.Logs.Unavailable.Should().Be(failure);
    }

    private void Systemctl(string script) => _folder.Script("systemctl", script);

    private void Journalctl(string script) => _folder.Script("journalctl", script);

    private Task<CollectedEvidence> CollectAsync(string[]? units = null, double deadline = 10, string root = "/no/such/root") => Collector(units, deadline, root).CollectAsync(Cancellation);

    private SystemdCollector Collector(string[]? units = null, double deadline = 10, string root = "/no/such/root") => new(
        Options.Create(new SystemdOptions { Units = units ?? [] }),
        Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromSeconds(deadline) }),
        _folder.Search,
        new LogPatternMatcher(),
        TimeProvider.System,
        root);
}
