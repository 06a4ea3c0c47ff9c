using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Kubernetes.Tests;

/// <summary>The whole path: an API server's answers in, the contract's diagnosis with its cause out.</summary>
public sealed class KubernetesDiagnosisTests
{
    [Fact]
    public async Task I_can_see_that_workers_are_scaled_to_zero()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "no-workers-running").Should().Equal("scaled-to-zero");
    }

    [Fact]
    public async Task I_can_see_that_nothing_is_deployed()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("web", replicas: 3, ready: 3, isLabelled: false, podLabel: "web"));
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "no-workers-running").Should().Equal("not-deployed");
    }

    [Fact]
    public async Task I_can_see_a_crash_loop_out_of_memory()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now.AddMinutes(-40), Payloads.Waiting("CrashLoopBackOff"), Payloads.Terminated("OOMKilled", 137, Fleet.Now.AddMinutes(-1)), restarts: 9));
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "workers-crash-looping").Should().Equal("out-of-memory");
        report.Status.Should().Be(FleetStatus.Unhealthy);
    }

    [Fact]
    public async Task I_can_see_that_a_child_was_killed_and_not_the_worker()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now.AddMinutes(-40), Payloads.Waiting("CrashLoopBackOff"), Payloads.Terminated("OOMKilled", 143, Fleet.Now.AddMinutes(-1)), restarts: 9));
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "workers-crash-looping").Should().BeEmpty();
        report.Diagnoses.Single(d => d.Code == "workers-crash-looping").Causes[0].Should().Match<Cause>(c => c.Code == "out-of-memory" && c.Confidence == Confidence.Likely);
    }

    [Theory]
    [InlineData("ImagePullBackOff")]
    [InlineData("ErrImagePull")]
    [InlineData("CreateContainerConfigError")]
    public async Task I_can_see_why_a_worker_does_not_start(string reason)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now.AddMinutes(-2), Payloads.Waiting(reason), phase: "Pending"));
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "no-workers-running").Should().Equal("startup-failure");
    }

    [Fact]
    public async Task I_can_see_that_the_quota_lets_no_pod_be_made()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, failsToCreate: true));
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var reading = await fleet.ReadAsync();

        Confirmed(reading.Report, "no-workers-running").Should().Equal("startup-failure");
        reading.Snapshot.Deployments.Value!.Single().Instances.Should().Equal(new InstanceEvidence { Id = "worker", State = InstanceState.Waiting, Reason = "FailedCreate" });
    }

    [Fact]
    public async Task I_can_see_the_exception_in_the_log_of_the_run_that_crashed()
    {
        var crashedAt = Fleet.Now.AddMinutes(-1);
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now.AddMinutes(-40), Payloads.Waiting("CrashLoopBackOff"), Payloads.Terminated("Error", 1, crashedAt), restarts: 9));
        server.Logs["worker-1/previous"] = Fleet.LogLine(crashedAt.AddSeconds(-2), "worker starting") + Fleet.LogLine(crashedAt, "Unhandled promise rejection: TypeError: job is undefined");
        await using var fleet = Fleet.Of(server, Fleet.NobodyWorks());

        var reading = await fleet.ReadAsync();

        Confirmed(reading.Report, "workers-crash-looping").Should().Equal("uncaught-exception");
        reading.Report.Escalation.Recommended.Should().BeTrue();
        var log = reading.Snapshot.Logs.Value!.Single();
        log.Source.Should().Be("kubernetes:worker-1");
        log.Findings!.Select(f => f.Pattern).Should().Equal("unhandled-rejection");
    }

    [Fact]
    public async Task A_rollout_in_progress_raises_no_alarm()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-old", now.AddDays(-3)).BeingDeleted(now.AddSeconds(20)));
        server.Pods.Add(Payloads.Pod("worker-gone", now.AddDays(-3), Payloads.Terminated("Error", 137, now.AddSeconds(-2)), phase: "Running").BeingDeleted(now.AddSeconds(-1)));
        server.Pods.Add(Payloads.Pod("worker-new", now.AddSeconds(-8), Payloads.Waiting("ContainerCreating"), phase: "Pending"));
        server.Events.Add(Payloads.Event("Pod", "worker-new", "FailedMount", now.AddSeconds(-3)));
        server.Logs["worker-old"] = Fleet.LogLine(now.AddSeconds(-1), "Job completed");
        await using var fleet = Fleet.Of(server);

        var report = (await fleet.ReadAsync()).Report;

        report.Diagnoses.Should().BeEmpty();
        report.Status.Should().Be(FleetStatus.Healthy);
    }

    [Fact]
    public async Task Recreating_all_workers_raises_no_alarm_while_they_start()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2));
        server.Pods.Add(Payloads.PendingPod("worker-1", Fleet.Now.AddSeconds(-1)));
        server.Pods.Add(Payloads.Pod("worker-2", Fleet.Now.AddSeconds(-20), Payloads.Waiting("PodInitializing"), phase: "Pending").WithInit("""{"running":{"startedAt":"2026-11-23T11:59:50Z"}}"""));
        var store = Fleet.NobodyWorks() with { Queue = new QueueEvidence { Runnable = 2, Running = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 20 } };
        await using var fleet = Fleet.Of(server, store);

        var report = (await fleet.ReadAsync()).Report;

        report.Diagnoses.Should().BeEmpty();
    }

    [Fact]
    public async Task I_can_see_a_hung_process_by_its_silence()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-5)));
        server.Logs["worker-1"] = Fleet.LogLine(Fleet.Now.AddMinutes(-26), "Job claimed") + Fleet.LogLine(Fleet.Now.AddMinutes(-25), "transcoding part 7");
        await using var fleet = Fleet.Of(server, Fleet.Stuck());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "workers-stuck").Should().Equal("hung-process");
    }

    [Fact]
    public async Task The_log_of_a_run_that_is_over_is_no_sign_of_a_hang()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.Pod("worker-1", now.AddHours(-5), Payloads.Running(now.AddMinutes(-12)), Payloads.Terminated("Error", 1, now.AddMinutes(-13)), restarts: 1, isReady: true));
        server.Logs["worker-1"] = Fleet.LogLine(now.AddSeconds(-5), "transcoding part 7");
        server.Logs["worker-1/previous"] = Fleet.LogLine(now.AddMinutes(-13), "transcoding part 6");
        await using var fleet = Fleet.Of(server, Fleet.Stuck());

        var reading = await fleet.ReadAsync();

        Confirmed(reading.Report, "workers-stuck").Should().BeEmpty();
        reading.Snapshot.Logs.Value!.Select(l => (l.Source, l.Lines, l.LastLineAt is null)).Should().Equal(("kubernetes:worker-1", 1, false), ("kubernetes:worker-1 (previous)", 1, true));
    }

    [Fact]
    public async Task I_can_see_an_infinite_loop()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-5)));
        server.Metrics = [Payloads.Metrics("worker-1", "498m", "300Mi")];
        server.Logs["worker-1"] = string.Concat(Enumerable.Range(0, 60).Select(i => Fleet.LogLine(Fleet.Now.AddSeconds(i - 60), $"retrying segment {i}")));
        await using var fleet = Fleet.Of(server, Fleet.Stuck());

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "workers-stuck").Should().Equal("infinite-loop", "resource-exhaustion");
    }

    [Fact]
    public async Task I_can_see_that_a_node_refuses_the_second_worker()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-5)));
        server.Pods.Add(Payloads.PendingPod("worker-2", Fleet.Now.AddMinutes(-9), "Unschedulable"));
        await using var fleet = Fleet.Of(server);

        var report = (await fleet.ReadAsync()).Report;

        Confirmed(report, "workers-below-desired").Should().Equal("startup-failure");
    }

    [Fact]
    public async Task A_pod_that_was_evicted_long_ago_is_no_crash()
    {
        var now = Fleet.Now;
        var evicted = Payloads.Pod("worker-evicted", now.AddDays(-2), phase: "Failed", state: """{"terminated":{"exitCode":137,"reason":"ContainerStatusUnknown","message":"The container could not be located when the pod was terminated","startedAt":null,"finishedAt":null}}""");
        evicted["status"]!["reason"] = "Evicted";
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, ready: 1));
        server.Pods.Add(evicted);
        server.Pods.Add(Payloads.Pod("worker-old", now.AddDays(-2), Payloads.Terminated("Error", 1, now.AddHours(-30)), phase: "Failed"));
        server.Pods.Add(Payloads.RunningPod("worker-1", now.AddHours(-5)));
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        Confirmed(reading.Report, "workers-below-desired").Should().BeEmpty();
        reading.Snapshot.Deployments.Value!.Single().Instances!.Single(i => i.Id == "worker-evicted").Should().Match<InstanceEvidence>(i =>
            i.State == InstanceState.Terminated && i.Reason == "Evicted" && i.ExitCode == null && i.LastTerminatedAt < now.AddDays(-1));
    }

    private static IEnumerable<string> Confirmed(DiagnosticReport report, string diagnosis) =>
        report.Diagnoses.Should().ContainSingle(d => d.Code == diagnosis, "found were {0}", string.Join(", ", report.Diagnoses.Select(d => d.Code)))
            .Which.Causes.Where(c => c.Confidence == Confidence.Confirmed).Select(c => c.Code);
}
