using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Which containers make up a deployment, and what earlier readings add.</summary>
public sealed class ContainerGroupsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly ContainerGroups _groups = new(15 * Minute);

    [Fact]
    public void Deployments_OfCompose_AreItsServices()
    {
        var read = Read(
            Containers.Create("running", "1", labels: Compose("shop", "worker")),
            Containers.Create("exited", "2", exitCode: 143, finished: Minute, labels: Compose("shop", "worker")),
            Containers.Create("exited", "3", exitCode: 1, finished: Minute, labels: Compose("shop", "worker-video")),
            Containers.Create("running", "4"));

        read.Deployments.Select(d => (d.Name, d.DesiredReplicas, d.ReadyReplicas, d.Instances!.Count))
            .Should().Equal(("worker", 1, 1, 2), ("worker-4", 1, 1, 1), ("worker-video", 1, 0, 1));
    }

    [Fact]
    public void Deployments_OfTwoProjectsWithOneName_AreToldApart()
    {
        var read = Read(
            Containers.Create("running", "1", labels: Compose("shop", "worker")),
            Containers.Create("running", "2", labels: new() { ["io.podman.compose.project"] = "blog", ["io.podman.compose.service"] = "worker" }));

        read.Deployments.Select(d => d.Name).Should().Equal("blog/worker", "shop/worker");
    }

    [Fact]
    public void Deployments_OfSwarm_CountOneInstanceASlotAndItsReplacements()
    {
        var read = Read(
            Swarm("running", "5", "jobs_worker.1.e", Minute, started: Minute),
            Swarm("exited", "4", "jobs_worker.1.d", 2 * Minute, exitCode: 137, finished: Minute),
            Swarm("exited", "3", "jobs_worker.1.c", 3 * Minute, exitCode: 137, finished: 2 * Minute),
            Swarm("exited", "2", "jobs_worker.1.b", 60 * Minute, exitCode: 137, finished: 3 * Minute),
            Swarm("running", "1", "jobs_worker.2.a", Minute, started: Minute));

        var deployment = read.Deployments.Should().ContainSingle().Subject;
        deployment.Should().BeEquivalentTo(new { Name = "jobs_worker", DesiredReplicas = 2L, ReadyReplicas = 2L, RestartsLast5Minutes = 3L });
        deployment.Instances!.Select(i => (i.Id, i.State, i.LastExitCode)).Should().Equal(("worker-5", InstanceState.Running, 137), ("worker-1", InstanceState.Running, (int?)null));
    }

    [Fact]
    public void Deployments_WithAnUnknownContainer_DesireAnUnknownNumber()
    {
        var read = Read(
            Containers.Create("exited", "1", exitCode: 0, finished: Minute, labels: Compose("shop", "worker")),
            Containers.Create("exited", "2", labels: Compose("shop", "worker")) with { Inspected = null });

        read.Deployments.Should().ContainSingle().Which.Should().BeEquivalentTo(new { DesiredReplicas = (long?)null, ReadyReplicas = (long?)null });
    }

    [Fact]
    public void Restarts_OverReadings_AreThoseOfTheLastFiveMinutes()
    {
        WorkerContainer Restarted(int times, int minute) => Containers.Create("running", created: TimeSpan.FromDays(1), restarts: times, started: -minute * Minute, finished: -minute * Minute);

        _groups.Read([Restarted(100, -10)], Containers.Now).Deployments[0].RestartsLast5Minutes.Should().Be(0);
        _groups.Read([Restarted(102, 1)], Containers.Now + (2 * Minute)).Deployments[0].RestartsLast5Minutes.Should().Be(2);
        _groups.Read([Restarted(105, 3)], Containers.Now + (4 * Minute)).Deployments[0].RestartsLast5Minutes.Should().Be(5);
        _groups.Read([Restarted(105, 3)], Containers.Now + (20 * Minute)).Deployments[0].RestartsLast5Minutes.Should().Be(0);
    }

    [Fact]
    public void ExitCode_SeenBetweenTwoRuns_IsKeptForThatEndOnly()
    {
        Read(Containers.Create("restarting", exitCode: 139, finished: 2 * Minute));

        Read(Containers.Create("running", started: Minute, finished: 2 * Minute)).Deployments[0].Instances![0]
            .Should().BeEquivalentTo(new { LastExitCode = 139, LastTerminationReason = "Error", ExitCode = (int?)null });
        Read(Containers.Create("running", started: TimeSpan.Zero, finished: Minute)).Deployments[0].Instances![0]
            .Should().BeEquivalentTo(new { LastExitCode = (int?)null, LastTerminationReason = (string?)null, LastTerminatedAt = Containers.Now - Minute });
    }

    [Fact]
    public void ExitCode_OfAContainerThatIsGone_IsForgotten()
    {
        Read(Containers.Create("exited", exitCode: 1, finished: 2 * Minute));
        Read();

        Read(Containers.Create("running", started: Minute, finished: 2 * Minute)).Deployments[0].Instances![0].LastExitCode.Should().BeNull();
    }

    [Fact]
    public void Logs_BesideRunningWorkers_AreThoseOfRecentFailuresFirst()
    {
        var read = Read(
            Containers.Create("running", "runs"),
            Containers.Create("exited", "stopped", exitCode: 0, finished: Minute),
            Containers.Create("exited", "old", exitCode: 1, finished: 60 * Minute),
            Containers.Create("exited", "failed", exitCode: 1, finished: Minute),
            Containers.Create("created", "new"),
            Containers.Create("running", "again", restarts: 1, started: Minute, finished: 2 * Minute));

        read.WithLogs.Select(c => c.Id).Should().Equal("failed", "again", "runs");
    }

    [Fact]
    public void Logs_WhereNothingRuns_AreThoseOfAll()
    {
        var read = Read(
            Containers.Create("exited", "stopped", exitCode: 0, finished: Minute),
            Containers.Create("exited", "old", exitCode: 1, finished: 60 * Minute),
            Containers.Create("restarting", "loops", exitCode: 1, finished: Minute));

        read.WithLogs.Select(c => c.Id).Should().Equal("loops", "old", "stopped");
    }

    private static Dictionary<string, string> Compose(string project, string service) =>
        new() { ["com.docker.compose.project"] = project, ["com.docker.compose.service"] = service, ["com.docker.compose.container-number"] = "1" };

    private static WorkerContainer Swarm(string state, string id, string task, TimeSpan created, long exitCode = 0, TimeSpan? started = null, TimeSpan? finished = null) =>
        Containers.Create(state, id, exitCode: exitCode, created: created, started: started, finished: finished, labels: new() { ["com.docker.swarm.service.name"] = "jobs_worker", ["com.docker.swarm.task.name"] = task });

    private ContainerReading Read(params WorkerContainer[] containers) => _groups.Read(containers, Containers.Now);
}
