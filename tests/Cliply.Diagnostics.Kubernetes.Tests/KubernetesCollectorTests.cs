using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class KubernetesCollectorTests
{
    [Fact]
    public async Task I_can_see_Deployments_StatefulSets_and_what_runs_without_them()
    {
        var started = Fleet.Now.AddHours(-1);
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, ready: 1));
        server.Deployments.Add(Payloads.Workload("worker-empty", replicas: 0, isLabelled: false));
        server.StatefulSets.Add(Payloads.Workload("worker-set", replicas: 1, ready: 1, kind: "StatefulSet"));
        server.Pods.Add(Payloads.RunningPod("worker-1", started));
        server.Pods.Add(Payloads.RunningPod("worker-set-0", started).WithOwner("StatefulSet", "worker-set"));
        server.Pods.Add(Payloads.RunningPod("by-hand", started).WithOwner(null));
        server.Pods.Add(Payloads.RunningPod("rs-pod", started).WithOwner("ReplicaSet", "worker-5d5f6"));
        server.Pods.Add(Payloads.RunningPod("rs-other", started).WithOwner("ReplicaSet", "alone"));
        server.Pods.Add(Payloads.Pod("done", started, Payloads.Terminated("Completed", 0, started), phase: "Succeeded").WithOwner("Job", "nightly"));
        await using var fleet = Fleet.Of(server);

        var deployments = (await fleet.ReadAsync()).Snapshot.Deployments.Value!;

        deployments.Should().OnlyContain(d => d.Platform == DeploymentPlatform.Kubernetes && d.RestartsLast5Minutes == 0);
        deployments.Select(d => (d.Name, d.DesiredReplicas, d.ReadyReplicas, string.Join(' ', d.Instances!.Select(i => i.Id)))).Should().Equal(
            ("alone", null, null, "rs-other"),
            ("by-hand", null, null, "by-hand"),
            ("worker", 2, 1, "worker-1 rs-pod"),
            ("worker-empty", 0, 0, ""),
            ("worker-set", 1, 1, "worker-set-0"));
    }

    [Fact]
    public async Task Pods_without_the_label_are_found_by_their_Deployments_own_selector()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1, podLabel: "cliply"));
        var pod = Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1));
        pod["metadata"]!["labels"]!["app"] = "cliply";
        server.Pods.Add(pod);
        server.Metrics = [Payloads.Metrics("worker-1", "100m", "300Mi")];
        server.Metrics[0]["metadata"]!["labels"]!["app"] = "cliply";
        await using var fleet = Fleet.Of(server);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Deployments.Value!.Single().Instances!.Single().Id.Should().Be("worker-1");
        snapshot.Resources.Value!.Single().Instance.Should().Be("worker-1");
    }

    [Fact]
    public async Task Restarts_within_5_minutes_are_those_seen_between_readings()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, ready: 2));
        server.Pods.Add(Payloads.Pod("worker-1", now.AddHours(-2), Payloads.Running(now.AddMinutes(-1)), Payloads.Terminated("Error", 1, now.AddMinutes(-2)), restarts: 7, isReady: true));
        server.Pods.Add(Payloads.Pod("worker-2", now.AddMinutes(-4), Payloads.Running(now.AddMinutes(-1)), Payloads.Terminated("Error", 1, now.AddMinutes(-2)), restarts: 3, isReady: true));
        await using var fleet = Fleet.Of(server);

        var first = (await fleet.ReadAsync()).Snapshot.Deployments.Value!.Single().RestartsLast5Minutes;
        server.Pods[0] = Payloads.Pod("worker-1", now.AddHours(-2), Payloads.Running(now), Payloads.Terminated("Error", 1, now), restarts: 9, isReady: true);
        var second = (await fleet.ReadAsync()).Snapshot.Deployments.Value!.Single().RestartsLast5Minutes;

        first.Should().Be(1 + 3);
        second.Should().Be(2 + 3);
    }

    [Fact]
    public async Task I_can_see_usage_against_limits()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2, ready: 2));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        var unlimited = Payloads.RunningPod("worker-2", Fleet.Now.AddHours(-1));
        unlimited["spec"]!["containers"]![1]!["resources"] = Payloads.Parse("{}");
        server.Pods.Add(unlimited);
        server.Metrics = [Payloads.Metrics("worker-1", "175000000n", "409600Ki"), Payloads.Metrics("worker-2", "1500m", "1Gi"), Payloads.Metrics("gone", "1", "1Gi")];
        await using var fleet = Fleet.Of(server);

        var resources = (await fleet.ReadAsync()).Snapshot.Resources.Value;

        resources.Should().Equal(
            new ResourceEvidence { Instance = "worker-1", CpuPercent = 35, MemoryBytes = 419_430_400, MemoryLimitBytes = 1_073_741_824 },
            new ResourceEvidence { Instance = "worker-2", MemoryBytes = 1_073_741_824 });
    }

    [Fact]
    public async Task I_can_see_5000_pods()
    {
        var started = Fleet.Now.AddHours(-1);
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 5_000, ready: 5_000));
        server.Pods.AddRange(Enumerable.Range(0, 5_000).Select(i => Payloads.RunningPod($"worker-{i}", started)));
        server.PrepareAnswers();
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        reading.Snapshot.Deployments.Value!.Single().Instances!.Should().HaveCount(5_000).And.OnlyContain(i => i.State == InstanceState.Running);
        server.Requests.Where(r => r.Resource == "pods" && r.Group == "").Should().HaveCount(10).And.OnlyContain(r => r.PathAndQuery.Contains("limit=500"));
        server.Requests.Count(r => r.Resource == "pods/log").Should().Be(10);
        TestContext.Current.SendDiagnosticMessage("5,000 pods took {0:N0} ms", reading.Collectors.Single(c => c.Name == "kubernetes").Duration.TotalMilliseconds);
    }

    [Fact]
    public async Task More_pods_than_are_looked_at_are_no_half_truth()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 3, ready: 3));
        server.Pods.AddRange(Enumerable.Range(0, 3).Select(i => Payloads.RunningPod($"worker-{i}", Fleet.Now.AddHours(-1))));
        await using var fleet = Fleet.Of(server, configure: o => o.MaxPods = 2);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Deployments.Unavailable.Should().Be(new SectionFailure("not-supported", "more than 2 pods match; narrow Cliply:Diagnostics:Kubernetes:LabelSelector, or raise Cliply:Diagnostics:Kubernetes:MaxPods"));
    }

    [Fact]
    public async Task Logs_are_those_of_workers_that_did_not_end_well_first()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 4, ready: 4));
        server.Pods.Add(Payloads.RunningPod("a-healthy", now.AddHours(-1)));
        server.Pods.Add(Payloads.Pod("b-ended-well", now.AddHours(-1), Payloads.Terminated("Completed", 0, now.AddMinutes(-1))));
        server.Pods.Add(Payloads.Pod("c-pulling", now.AddMinutes(-1), Payloads.Waiting("ErrImagePull"), phase: "Pending"));
        server.Pods.Add(Payloads.Pod("d-ended-long-ago", now.AddHours(-9), Payloads.Terminated("Error", 1, now.AddHours(-8)), phase: "Failed"));
        server.Pods.Add(Payloads.Pod("e-back-again", now.AddHours(-1), Payloads.Running(now.AddMinutes(-1)), Payloads.Terminated("Error", 1, now.AddMinutes(-2)), restarts: 1));
        server.Pods.Add(Payloads.Pod("f-crashing", now.AddHours(-1), Payloads.Waiting("CrashLoopBackOff"), Payloads.Terminated("Error", 1, now.AddMinutes(-3)), restarts: 1));
        foreach (var log in new[] { "a-healthy", "b-ended-well", "e-back-again", "e-back-again/previous", "f-crashing/previous" })
        {
            server.Logs[log] = Fleet.LogLine(now, "a line");
        }

        await using var all = Fleet.Of(server);
        await using var two = Fleet.Of(server, diagnostics: o => o.Logs.Workers = 2);

        Sources(await all.ReadAsync()).Should().Equal("kubernetes:f-crashing", "kubernetes:e-back-again", "kubernetes:e-back-again (previous)", "kubernetes:a-healthy", "kubernetes:b-ended-well");
        Sources(await two.ReadAsync()).Should().Equal("kubernetes:f-crashing", "kubernetes:e-back-again", "kubernetes:e-back-again (previous)");

        static IEnumerable<string> Sources(Collection.FleetReading reading) => reading.Snapshot.Logs.Value!.Select(l => l.Source);
    }

    [Fact]
    public async Task A_log_of_long_lines_is_read_to_its_end_all_the_same()
    {
        var last = Fleet.Now.AddSeconds(-3);
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        server.Logs["worker-1"] = string.Concat(Enumerable.Range(0, 500).Select(i => Fleet.LogLine(last.AddSeconds(i - 499), new string('x', 1_000))));
        await using var fleet = Fleet.Of(server, diagnostics: o => o.Logs.Bytes = 64 * 1024);

        var log = (await fleet.ReadAsync()).Snapshot.Logs.Value!.Single();

        log.LastLineAt.Should().BeCloseTo(last, TimeSpan.FromMilliseconds(1));
        log.Lines.Should().BeInRange(20, 63);
        server.Requests.Where(r => r.Resource == "pods/log").Should().OnlyContain(r => r.PathAndQuery.Contains("limitBytes=65536") && r.PathAndQuery.Contains("timestamps=true") && r.PathAndQuery.Contains("container=worker"));
    }

    [Fact]
    public async Task A_last_line_that_is_too_long_leaves_its_time_unknown()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        server.Logs["worker-1"] = string.Concat(Enumerable.Range(0, 20).Select(i => Fleet.LogLine(Fleet.Now, new string('x', 100_000))));
        await using var fleet = Fleet.Of(server, diagnostics: o => o.Logs.Bytes = 64 * 1024);

        var log = (await fleet.ReadAsync()).Snapshot.Logs.Value!.Single();

        log.LastLineAt.Should().BeNull();
        server.Requests.Count(r => r.Resource == "pods/log").Should().Be(2, "one line alone does not fit, and asking again would not change that");
    }

    [Fact]
    public async Task Ages_are_by_the_API_servers_clock()
    {
        var ahead = TimeSpan.FromMinutes(30);
        await using var server = await FakeApiServer.StartAsync();
        server.ClockAhead = ahead;
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now + ahead - TimeSpan.FromMinutes(6), Payloads.Waiting("ContainerCreating"), phase: "Pending"));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "FailedMount", Fleet.Now + ahead));
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        reading.Snapshot.Deployments.Value!.Single().Instances!.Single().Reason.Should().Be("FailedMount");
    }

    [Fact]
    public async Task Connections_are_kept_between_readings()
    {
        await using var server = await FakeApiServer.StartAsync();
        var ports = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        server.Instead["statefulsets"] = context =>
        {
            ports[context.Connection.RemotePort] = true;
            return FakeApiServer.Failing(403, "Forbidden")(context);
        };
        await using var fleet = Fleet.Of(server);

        for (var i = 0; i < 20; i++)
        {
            await fleet.ReadAsync();
        }

        ports.Count.Should().BeLessThan(8);
    }
}
