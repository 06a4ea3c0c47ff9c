using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Prometheus.Tests;

public sealed class ContainerStatesTests
{
    [Theory]
    [InlineData(3.0, 3L)]
    [InlineData(3.0000001, 4L)]
    [InlineData(3.16, 4L)]
    [InlineData(0.0, 0L)]
    public void Ceiling_ExtrapolatedRestarts_AreOverALimitExactlyWhereTheNumberIs(double increase, long expected) =>
        ContainerStates.Ceiling([increase]).Should().Be(expected);

    [Fact]
    public void Ceiling_NothingTells_IsNull()
    {
        ContainerStates.Ceiling(null).Should().BeNull();
        ContainerStates.Ceiling([]).Should().BeNull();
        ContainerStates.Ceiling([double.NaN, -1]).Should().BeNull();
    }

    [Fact]
    public void Deployments_RunningWaitingAndTerminated_AreTold()
    {
        var deployments = ContainerStates.Deployments(
            [
                State("running", "worker-a", 1), State("restarts_total", "worker-a", 2),
                State("running", "worker-b", 0), State("waiting_reason", "worker-b", 0, "ImagePullBackOff"), State("waiting_reason", "worker-b", 1, "CrashLoopBackOff"), State("restarts_total", "worker-b", 7),
                State("running", "worker-c", 0), State("terminated", "worker-c", 1),
                State("running", "worker-d", 0), State("terminated", "worker-d", 0),
            ],
            [Increase("worker-a", 1.2), Increase("worker-b", 2.4)]);

        deployments.Should().BeEquivalentTo(
        [
            new DeploymentEvidence
            {
                Platform = DeploymentPlatform.Kubernetes,
                Name = "worker",
                RestartsLast5Minutes = 4,
                Instances =
                [
                    new InstanceEvidence { Id = "worker-a", State = InstanceState.Running, Restarts = 2 },
                    new InstanceEvidence { Id = "worker-b", State = InstanceState.Waiting, Reason = "CrashLoopBackOff", Restarts = 7 },
                    new InstanceEvidence { Id = "worker-c", State = InstanceState.Terminated },
                    new InstanceEvidence { Id = "worker-d", State = InstanceState.Waiting },
                ],
            },
        ]);
    }

    [Fact]
    public void Deployments_OfTwoNamespaces_AreTwo()
    {
        var deployments = ContainerStates.Deployments([State("running", "worker-0", 1, space: "b"), State("running", "worker-0", 0, space: "a")], null)!;

        deployments.Select(d => (d.Instances!.Single().State, d.RestartsLast5Minutes)).Should().Equal((InstanceState.Waiting, null), (InstanceState.Running, null));
    }

    [Fact]
    public void Deployments_NoContainer_IsNotTold() => ContainerStates.Deployments([], []).Should().BeNull();

    [Fact]
    public void RestartsByPod_NameInTwoNamespaces_TellsNothing()
    {
        var restarts = ContainerStates.RestartsByPod([Increase("worker-0", 5, "a"), Increase("worker-0", 0, "b"), Increase("worker-1", 1.5, "a"), Increase("worker-2", double.NaN, "a")]);

        restarts.Should().Equal(new Dictionary<string, double> { ["worker-1"] = 1.5 });
    }

    private static PrometheusSeries State(string state, string pod, double value, string? reason = null, string space = "video")
    {
        var labels = new Dictionary<string, string> { ["__name__"] = $"kube_pod_container_status_{state}", ["namespace"] = space, ["pod"] = pod, ["container"] = "worker" };
        if (reason is not null)
        {
            labels["reason"] = reason;
        }

        return new PrometheusSeries(labels, [(1, value)]);
    }

    private static PrometheusSeries Increase(string pod, double value, string space = "video") =>
        new(new Dictionary<string, string> { ["namespace"] = space, ["pod"] = pod, ["container"] = "worker" }, [(1, value)]);
}
