using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class PodEventsTests
{
    [Theory]
    [InlineData("ContainerCreating", 4, "ContainerCreating")]
    [InlineData("ContainerCreating", 6, "FailedMount")]
    [InlineData("PodInitializing", 6, "FailedMount")]
    [InlineData("ImagePullBackOff", 6, "ImagePullBackOff")]
    public async Task I_can_see_the_warning_behind_a_start_that_takes_too_long(string state, int minutes, string expected)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now.AddMinutes(-minutes), Payloads.Waiting(state), phase: "Pending"));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "FailedMount", Fleet.Now.AddSeconds(-30)));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "FailedAttachVolume", Fleet.Now.AddSeconds(-90)));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "Pulled", Fleet.Now.AddSeconds(-5), type: "Normal"));
        server.Events.Add(Payloads.Event("Pod", "worker-2", "BackOff", Fleet.Now.AddSeconds(-1)));
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        reading.Snapshot.Deployments.Value!.Single().Instances!.Single().Reason.Should().Be(expected);
    }

    [Fact]
    public async Task I_can_see_that_a_StatefulSet_may_create_no_pod()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.StatefulSets.Add(Payloads.Workload("worker-set", replicas: 2, ready: 1, kind: "StatefulSet"));
        server.Pods.Add(Payloads.RunningPod("worker-set-0", Fleet.Now.AddHours(-1)).WithOwner("StatefulSet", "worker-set"));
        server.Events.Add(Payloads.Event("StatefulSet", "worker-set", "FailedCreate", Fleet.Now.AddMinutes(-2)));
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        reading.Snapshot.Deployments.Value!.Single().Instances!.Select(i => (i.Id, i.State, i.Reason)).Should().Equal(
            ("worker-set-0", InstanceState.Running, null), ("worker-set", InstanceState.Waiting, "FailedCreate"));
    }

    [Fact]
    public async Task Events_are_not_asked_for_while_nothing_needs_them()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        await using var fleet = Fleet.Of(server);

        await fleet.ReadAsync();

        server.Requests.Should().NotContain(r => r.Resource == "events");
    }

    [Fact]
    public async Task Without_events_the_state_alone_is_told()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1));
        server.Pods.Add(Payloads.Pod("worker-1", Fleet.Now.AddMinutes(-9), Payloads.Waiting("ContainerCreating"), phase: "Pending"));
        server.Instead["events"] = FakeApiServer.Failing(403, "Forbidden");
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        reading.Snapshot.Deployments.Value!.Single().Instances!.Single().Reason.Should().Be("ContainerCreating");
        server.Requests.Should().Contain(r => r.Resource == "events");
    }
}
