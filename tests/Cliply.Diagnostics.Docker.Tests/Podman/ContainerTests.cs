using System.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Docker.Tests.Fakes;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Docker.Tests.Podman;

/// <summary>Real containers, through the whole path: from what they do to the diagnosis and its cause.</summary>
public sealed class ContainerTests(PodmanEngine engine)
{
    private const string Work = "echo 'Worker started'; trap 'exit 0' TERM; while true; do echo \"Polling for jobs\"; sleep 0.2; done";

    [Fact]
    public async Task I_can_see_a_running_worker()
    {
        engine.MustRunContainers();
        await engine.RunAsync("healthy-Worker-1", ["--memory=256m", "--label=com.docker.compose.project=shop", "--label=com.docker.compose.service=worker", "--label=com.docker.compose.container-number=1"], Work);

        // Found by its name, in spite of the upper case.
        await using var fleet = Fleets.Create(o => (o.Endpoint, o.NamePattern) = (engine.Endpoint, "healthy-worker-*"), Fleets.Healthy);

        var reading = await Eventually(fleet, r => Log(r)?.Lines > 1 && Usage(r)?.CpuPercent is not null);

        reading.Report.Status.Should().Be(FleetStatus.Healthy);
        reading.Report.Diagnoses.Should().BeEmpty();
        var deployment = reading.Snapshot.Deployments.Value.Should().ContainSingle().Subject;
        deployment.Should().BeEquivalentTo(new { Platform = DeploymentPlatform.Docker, Name = "worker", DesiredReplicas = 1L, ReadyReplicas = 1L, RestartsLast5Minutes = 0L });
        var instance = deployment.Instances.Should().ContainSingle().Subject;
        instance.Should().BeEquivalentTo(new InstanceEvidence { Id = "healthy-Worker-1", State = InstanceState.Running, Restarts = 0, StartedAt = instance.StartedAt });
        instance.StartedAt.Should().BeCloseTo(reading.CollectedAt, TimeSpan.FromMinutes(5));
        var resources = reading.Snapshot.Resources.Value.Should().ContainSingle().Subject;
        resources.Instance.Should().Be("healthy-Worker-1");
        resources.MemoryLimitBytes.Should().Be(256 * 1024 * 1024);
        resources.MemoryBytes.Should().BeInRange(1, 64 * 1024 * 1024);
        resources.CpuPercent.Should().BeInRange(0, 100);
        resources.IoWaitPercent.Should().BeNull();
        var log = reading.Snapshot.Logs.Value.Should().ContainSingle().Subject;
        log.Source.Should().Be("docker:healthy-Worker-1");
        log.LastLineAt.Should().BeCloseTo(reading.CollectedAt, TimeSpan.FromMinutes(1));
        log.Findings.Should().ContainSingle(f => f.Pattern == "polling").Which.Sample.Should().EndWith("Polling for jobs");
    }

    [Fact]
    public async Task I_can_see_that_the_workers_are_scaled_to_zero()
    {
        engine.MustRunContainers();
        await engine.RunAsync("zero-worker", ["--restart=always", "--label=cliply.test=zero"], Work);
        await using var fleet = Labelled("zero", Fleets.Abandoned);
        await Eventually(fleet, r => Log(r)?.Lines > 0);

        await engine.PodmanAsync("stop", "--time=60", "zero-worker");
        var reading = await fleet.DiagnoseAsync();

        var diagnosis = Diagnosed(reading, "no-workers-running");
        diagnosis.Severity.Should().Be(Severity.Critical);
        diagnosis.Summary.Should().Be("The workers are scaled to zero while 512 jobs wait, the oldest for 47 min.");
        diagnosis.Causes[0].Code.Should().Be("scaled-to-zero");
        diagnosis.Causes[0].Confidence.Should().Be(Confidence.Confirmed);
        diagnosis.Causes.Should().NotContain(c => c.Code == "all-crashed" || c.Code == "startup-failure");
        reading.Snapshot.Deployments.Value!.Single().Instances!.Single().Should().BeEquivalentTo(new { State = InstanceState.Terminated, Reason = "Completed", ExitCode = 0 });

        await engine.PodmanAsync("rm", "zero-worker");
        var removed = await fleet.DiagnoseAsync();

        removed.Snapshot.Deployments.Value.Should().BeEmpty();
        Diagnosed(removed, "no-workers-running").Causes.Should().Contain(c => c.Code == "not-deployed" && c.Confidence == Confidence.Confirmed);
    }

    [Fact]
    public async Task I_can_see_workers_killed_by_their_memory_limit()
    {
        engine.MustRunContainers();
        await engine.RunAsync("oom-worker", ["--restart=on-failure:5", "--memory=16m", "--label=cliply.test=oom"], "echo 'Claimed job 4711'; tail /dev/zero");
        await using var fleet = Labelled("oom", Fleets.Abandoned);

        var reading = await Eventually(fleet, r => Worker(r)?.RestartsLast5Minutes > 3 && LastCode(r) == 137);

        var diagnosis = Diagnosed(reading, "workers-crash-looping");
        diagnosis.Confidence.Should().Be(Confidence.Confirmed);
        diagnosis.SymptomOf.Should().BeEmpty();

        // This engine leaves its flag for that at false; and a bare 137 may be somebody's kill.
        diagnosis.Causes[0].Should().BeEquivalentTo(new { Code = "out-of-memory", Confidence = Confidence.Likely });
        Diagnosed(reading, "no-workers-running").SymptomOf.Should().Equal("workers-crash-looping");
    }

    [Fact]
    public async Task I_can_see_that_memory_ran_out_from_the_log()
    {
        engine.MustRunContainers();
        await engine.RunAsync("heap-worker", ["--restart=on-failure:5", "--label=cliply.test=heap"], "echo 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory' >&2; exit 134");
        await using var fleet = Labelled("heap", Fleets.Abandoned);

        var reading = await Eventually(fleet, r => Worker(r)?.RestartsLast5Minutes > 3 && LastCode(r) == 134);

        var diagnosis = Diagnosed(reading, "workers-crash-looping");
        diagnosis.Causes[0].Should().BeEquivalentTo(new { Code = "out-of-memory", Confidence = Confidence.Confirmed });
        diagnosis.Causes[0].Evidence.Should().Contain(e => e.Source == "docker:heap-worker");
        diagnosis.Causes.Should().NotContain(c => c.Code == "native-crash" && c.Confidence == Confidence.Confirmed);
    }

    [Fact]
    public async Task I_can_see_workers_that_exit_at_once()
    {
        engine.MustRunContainers();
        await engine.RunAsync("exit-worker", ["--restart=on-failure:5", "--label=cliply.test=exit"], "echo 'Error: SUPABASE_URL is not configured' >&2; exit 1");
        await using var fleet = Labelled("exit", Fleets.Abandoned);

        var reading = await Eventually(fleet, r => Worker(r) is { RestartsLast5Minutes: > 3 } d && d.Instances![0] is { State: InstanceState.Terminated, Restarts: 5 });

        Diagnosed(reading, "workers-crash-looping").Causes[0].Should().BeEquivalentTo(new { Code = "missing-environment", Confidence = Confidence.Confirmed });
        var none = Diagnosed(reading, "no-workers-running");
        none.Causes.Should().Contain(c => c.Code == "all-crashed" && c.Confidence == Confidence.Confirmed);
        none.Causes.Should().NotContain(c => c.Code == "scaled-to-zero");
        reading.Snapshot.Deployments.Value!.Single().Should().BeEquivalentTo(new { DesiredReplicas = 1L, ReadyReplicas = 0L });
        reading.Snapshot.Deployments.Value!.Single().Instances!.Single().Should().BeEquivalentTo(new { Reason = "Error", ExitCode = 1 });
    }

    [Fact]
    public async Task I_can_see_a_native_crash()
    {
        engine.MustRunContainers();
        await engine.RunAsync("segv-worker", ["--restart=on-failure:5", "--label=cliply.test=segv"], "sh -c 'kill -SEGV $$'; exit $?");
        await using var fleet = Labelled("segv", Fleets.Abandoned);

        var reading = await Eventually(fleet, r => Worker(r)?.RestartsLast5Minutes > 3 && LastCode(r) == 139);

        Diagnosed(reading, "workers-crash-looping").Causes[0].Should().BeEquivalentTo(new { Code = "native-crash", Confidence = Confidence.Confirmed });
        reading.Report.Escalation.Recommended.Should().BeTrue();
    }

    [Fact]
    public async Task I_can_see_an_endless_loop()
    {
        engine.MustRunContainers();
        await engine.RunAsync(
            "loop-worker",
            ["--cpus=0.1", "--label=cliply.test=loop"],
            "n=0; while true; do n=$((n+1)); i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done; echo \"Retrying chunk $n of job 4711\"; done");
        await using var fleet = Labelled("loop", Fleets.Stuck);

        var reading = await Eventually(fleet, r => Log(r)?.Lines >= 20 && Usage(r)?.CpuPercent >= 95);

        reading.Snapshot.Logs.Value!.Single().DominantLineShare.Should().BeGreaterThan(0.95);
        reading.Snapshot.Logs.Value!.Single().DominantPattern.Should().BeNull();
        var diagnosis = Diagnosed(reading, "workers-stuck");
        diagnosis.Severity.Should().Be(Severity.Critical);
        diagnosis.Confidence.Should().Be(Confidence.Confirmed);
        diagnosis.Causes[0].Should().BeEquivalentTo(new { Code = "infinite-loop", Confidence = Confidence.Confirmed });
        Diagnosed(reading, "resources-exhausted").SymptomOf.Should().Equal("workers-stuck");
    }

    [Fact]
    public async Task I_can_see_a_paused_worker()
    {
        engine.MustRunContainers();
        await engine.RunAsync("paused-worker", ["--label=cliply.test=paused"], Work);
        await engine.PodmanAsync("pause", "paused-worker");
        await using var fleet = Labelled("paused", Fleets.Abandoned);

        var reading = await fleet.DiagnoseAsync();
        await engine.PodmanAsync("unpause", "paused-worker");

        reading.Snapshot.Deployments.Value!.Single().Should().BeEquivalentTo(new { DesiredReplicas = 1L, ReadyReplicas = 0L });
        reading.Snapshot.Deployments.Value!.Single().Instances!.Single().Should().BeEquivalentTo(new { State = InstanceState.Waiting, Reason = "Paused" });
        Diagnosed(reading, "no-workers-running").Causes[0].Should().BeEquivalentTo(new { Code = "startup-failure", Confidence = Confidence.Confirmed });
    }

    [Fact]
    public async Task I_can_see_the_exit_code_of_a_run_that_is_over()
    {
        engine.MustRunContainers();
        await engine.RunAsync("again-worker", ["--label=cliply.test=again"], "if [ -f /tmp/been ]; then sleep 600; fi; echo here > /tmp/been; exit 7");
        await using var fleet = Labelled("again", Fleets.Healthy);
        var ended = await Eventually(fleet, r => Worker(r)?.Instances![0].State == InstanceState.Terminated);

        await engine.PodmanAsync("start", "again-worker");
        var again = await Eventually(fleet, r => Worker(r)?.Instances![0].State == InstanceState.Running);

        Worker(ended)!.Instances![0].Should().BeEquivalentTo(new { ExitCode = 7, Reason = "Error", LastExitCode = (int?)null });
        Worker(again)!.Instances![0].Should().BeEquivalentTo(new { ExitCode = (int?)null, LastExitCode = 7, LastTerminationReason = "Error", Worker(ended)!.Instances![0].LastTerminatedAt });
    }

    [Fact]
    public async Task Logs_WithAndWithoutTerminal_AreTheSame()
    {
        engine.MustRunContainers();
        const string Say = "echo 'Worker started'; for i in 1 2 3 4 5 6; do echo \"Claimed job $i\"; done; echo 'Unhandled promise rejection: ECONNREFUSED'; echo; echo 'Polling for jobs'; sleep 600";
        await engine.RunAsync("framed-worker", ["--label=cliply.test=terminal"], Say);
        await engine.RunAsync("terminal-worker", ["--tty", "--label=cliply.test=terminal"], Say);
        await using var fleet = Labelled("terminal", Fleets.Healthy);

        var reading = await Eventually(fleet, r => r.Snapshot.Logs.Value?.Count(l => l.Findings!.Any(f => f.Pattern == "polling")) == 2);

        var framed = WithoutTimes(reading, "docker:framed-worker");
        var terminal = WithoutTimes(reading, "docker:terminal-worker");
        terminal.Should().BeEquivalentTo(framed);
        framed.Lines.Should().Be(9);
        framed.Findings.Should().Contain(f => f.Pattern == "job-claimed" && f.Count == 6);
        framed.Findings.Should().Contain(f => f.Pattern == "database-unreachable" && f.Sample == "Unhandled promise rejection: ECONNREFUSED");
    }

    [Fact]
    public async Task I_can_hand_over_a_worker_for_an_escalation()
    {
        engine.MustRunContainers();
        var folder = Directory.CreateTempSubdirectory("cliply-compose-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "compose.yaml"), "services:\n  worker:\n    environment: [DATABASE_URL=canary-made-up-value]\n", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "Dockerfile"), "FROM scratch\nENV A=canary-made-up-value\n", TestContext.Current.CancellationToken);
            await engine.RunAsync(
                "escalated-worker",
                ["--memory=64m", "--env=DATABASE_URL=canary-made-up-value", "--label=cliply.test=escalated", "--label=com.docker.compose.project.config_files=compose.yaml", $"--label=com.docker.compose.project.working_dir={folder}", "--label=com.docker.compose.service=worker"],
                "for i in 1 2 3 4 5; do echo \"Claimed job $i\"; done; echo 'Polling for jobs' >&2; sleep 600");
            await using var fleet = Labelled("escalated", Fleets.Healthy);
            var source = fleet.GetRequiredService<IEscalationSource>();
            EscalationDetails details;
            var stopwatch = Stopwatch.StartNew();
            while ((details = await source.CollectAsync(new EscalationRequest { LogLines = 3 }, TestContext.Current.CancellationToken)).Logs is not [{ Text: var text }] || !text.Contains("Polling", StringComparison.Ordinal) || !text.Contains("job 5", StringComparison.Ordinal))
            {
                stopwatch.Elapsed.Should().BeLessThan(TimeSpan.FromMinutes(3), "the worker says something");
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }

            details.Missing.Should().BeEmpty();
            details.Logs.Single().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Should().BeEquivalentTo("Claimed job 4", "Claimed job 5", "Polling for jobs");
            details.Files.Select(f => f.Name).Should().Equal("docker/escalated-worker.json", "docker/compose.yaml", "docker/Dockerfile");
            var container = System.Text.Json.Nodes.JsonNode.Parse(details.Files[0].Text)!;
            container["environmentNames"]!.AsArray().Select(n => (string?)n).Should().Contain("DATABASE_URL");
            ((string?)container["state"], (long?)container["limits"]!["memoryBytes"]).Should().Be(("running", 64 * 1024 * 1024));
            var worker = details.Workers.Should().ContainSingle().Subject;
            (worker.Name, worker.Image, worker.Version, worker.Restarts).Should().Be(("escalated-worker", "localhost/cliply-busybox:test", "test", 0));
            worker.Digest.Should().MatchRegex("(^|@sha256:|^sha256:)[0-9a-f]{64}$");
            details.Rollouts.Should().ContainSingle(r => r.Deployment == "worker" && r.At != null);
            System.Text.Json.JsonSerializer.Serialize(details).Should().NotContain("canary");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LogEvidence WithoutTimes(FleetReading reading, string source)
    {
        var log = reading.Snapshot.Logs.Value!.Single(l => l.Source == source);
        log.LastLineAt.Should().NotBeNull();
        return log with
        {
            Source = "",
            LastLineAt = null,
            Findings = [.. log.Findings!.Select(f => f with { FirstAt = null, LastAt = null, Sample = f.Sample![(f.Sample!.IndexOf(' ', StringComparison.Ordinal) + 1)..] })],
        };
    }

    private static DeploymentEvidence? Worker(FleetReading reading) => reading.Snapshot.Deployments.Value is [var first, ..] ? first : null;

    private static LogEvidence? Log(FleetReading reading) => reading.Snapshot.Logs.Value is [var first, ..] ? first : null;

    private static ResourceEvidence? Usage(FleetReading reading) => reading.Snapshot.Resources.Value is [var first, ..] ? first : null;

    private static int? LastCode(FleetReading reading) => reading.Snapshot.Deployments.Value!.Single().Instances!.Single() is var i && i.State == InstanceState.Terminated ? i.ExitCode : null;

    private static Diagnosis Diagnosed(FleetReading reading, string code) => reading.Report.Diagnoses.Should().ContainSingle(d => d.Code == code).Subject;

    private ServiceProvider Labelled(string label, Func<DateTimeOffset, CollectedEvidence> store) =>
        Fleets.Create(o => (o.Endpoint, o.Labels) = (engine.Endpoint, [$"cliply.test={label}"]), store);

    private static async Task<FleetReading> Eventually(ServiceProvider fleet, Func<FleetReading, bool> condition)
    {
        var stopwatch = Stopwatch.StartNew();
        while (true)
        {
            var reading = await fleet.DiagnoseAsync();
            if (condition(reading))
            {
                return reading;
            }

            if (stopwatch.Elapsed > TimeSpan.FromMinutes(3))
            {
                Assert.Fail($"It did not come to that: {System.Text.Encoding.UTF8.GetString(Cliply.Diagnostics.Json.SnapshotJson.Write(reading.Snapshot))}");
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}
