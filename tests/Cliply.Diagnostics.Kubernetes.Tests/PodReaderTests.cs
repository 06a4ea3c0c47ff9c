using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class PodReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Created = Now.AddHours(-2);
    private static readonly DateTimeOffset Ended = Now.AddMinutes(-1);
    private static readonly DateTimeOffset LastStarted = Ended.AddSeconds(-20);

    [Theory]
    [InlineData("OOMKilled", 137)]
    [InlineData("OOMKilled", 143)]
    [InlineData("Error", 1)]
    [InlineData("Error", 139)]
    [InlineData("Error", 134)]
    [InlineData("Completed", 0)]
    public void Read_ContainerHasEnded_SaysHow(string reason, int exitCode)
    {
        var pod = Payloads.Pod("worker-1", Created, Payloads.Terminated(reason, exitCode, Ended), Payloads.Terminated("Error", 2, Ended.AddMinutes(-9)), restarts: 4);

        Instance(pod).Should().Be(new InstanceEvidence
        {
            Id = "worker-1",
            State = InstanceState.Terminated,
            Reason = reason,
            ExitCode = exitCode,
            LastTerminationReason = "Error",
            LastExitCode = 2,
            LastTerminatedAt = Ended,
            Restarts = 4,
            StartedAt = LastStarted,
        });
    }

    [Theory]
    [InlineData("OOMKilled", 137)]
    [InlineData("OOMKilled", 143)]
    [InlineData("Error", 1)]
    [InlineData("Error", 139)]
    [InlineData("Error", 134)]
    [InlineData("Completed", 0)]
    public void Read_CrashLoop_SaysHowTheLastRunEnded(string reason, int exitCode)
    {
        var pod = Payloads.Pod("worker-1", Created, Payloads.Waiting("CrashLoopBackOff"), Payloads.Terminated(reason, exitCode, Ended), restarts: 9);

        Instance(pod).Should().Be(new InstanceEvidence
        {
            Id = "worker-1",
            State = InstanceState.Waiting,
            Reason = "CrashLoopBackOff",
            LastTerminationReason = reason,
            LastExitCode = exitCode,
            LastTerminatedAt = Ended,
            Restarts = 9,
            StartedAt = LastStarted,
        });
    }

    [Fact]
    public void Read_RunsAgainAfterACrash_KeepsHowThatEnded()
    {
        var pod = Payloads.Pod("worker-1", Created, Payloads.Running(Ended.AddSeconds(10)), Payloads.Terminated("OOMKilled", 137, Ended), restarts: 1, isReady: true);

        Instance(pod).Should().Be(new InstanceEvidence
        {
            Id = "worker-1",
            State = InstanceState.Running,
            LastTerminationReason = "OOMKilled",
            LastExitCode = 137,
            LastTerminatedAt = Ended,
            Restarts = 1,
            StartedAt = Ended.AddSeconds(10),
        });
    }

    [Theory]
    [InlineData("ContainerCreating")]
    [InlineData("PodInitializing")]
    [InlineData("ImagePullBackOff")]
    [InlineData("ErrImagePull")]
    [InlineData("CreateContainerConfigError")]
    public void Read_HasNeverStarted_WaitsSinceItWasCreated(string reason) =>
        Instance(Payloads.Pod("worker-1", Created, Payloads.Waiting(reason), phase: "Pending"))
            .Should().Be(new InstanceEvidence { Id = "worker-1", State = InstanceState.Waiting, Reason = reason, Restarts = 0, StartedAt = Created });

    [Fact]
    public void Read_ContainerIsMadeAnew_StartsSinceItsLastRunEnded() =>
        Instance(Payloads.Pod("worker-1", Created, Payloads.Waiting("ContainerCreating"), Payloads.Terminated("Error", 255, Ended, TimeSpan.FromHours(1)), restarts: 1))
            .StartedAt.Should().Be(Ended);

    [Theory]
    [InlineData(null, "ContainerCreating")]
    [InlineData("Unschedulable", "FailedScheduling")]
    [InlineData("SchedulingGated", "SchedulingGated")]
    public void Read_NoContainerYet_SaysWhatThePodWaitsFor(string? scheduled, string expected) =>
        Instance(Payloads.PendingPod("worker-1", Created, scheduled))
            .Should().Be(new InstanceEvidence { Id = "worker-1", State = InstanceState.Waiting, Reason = expected, StartedAt = Created });

    [Theory]
    [InlineData("""{"waiting":{"reason":"CrashLoopBackOff"}}""", "Init:CrashLoopBackOff")]
    [InlineData("""{"waiting":{"reason":"ImagePullBackOff"}}""", "Init:ImagePullBackOff")]
    [InlineData("""{"terminated":{"reason":"Error","exitCode":3}}""", "Init:Error")]
    [InlineData("""{"terminated":{"exitCode":3}}""", "Init:ExitCode:3")]
    [InlineData("""{"terminated":{"exitCode":137,"signal":9}}""", "Init:Signal:9")]
    [InlineData("""{"running":{"startedAt":"2026-11-23T11:59:00Z"}}""", "PodInitializing")]
    [InlineData("""{"terminated":{"reason":"Completed","exitCode":0}}""", "PodInitializing")]
    public void Read_InitContainer_IsWordedAsKubectlDoes(string state, string expected) =>
        Instance(Payloads.Pod("worker-1", Created, Payloads.Waiting("PodInitializing"), phase: "Pending").WithInit(state, restarts: 6))
            .Should().Match<InstanceEvidence>(i => i.Reason == expected && i.State == InstanceState.Waiting && i.Restarts == 0);

    [Fact]
    public void Read_EvictedPodWithoutContainers_EndedWhenItTurnedUnready()
    {
        var pod = Payloads.Pod("worker-1", Created, phase: "Failed");
        pod["status"]!.AsObject().Remove("containerStatuses");
        pod["status"]!["reason"] = "Evicted";

        Instance(pod).Should().Be(new InstanceEvidence { Id = "worker-1", State = InstanceState.Terminated, Reason = "Evicted", LastTerminatedAt = Created.AddSeconds(5), StartedAt = Created });
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(-30, true)]
    [InlineData(-61, false)]
    public void Read_IsBeingDeletedAndRuns_CountsUntilItShouldLongBeGone(int secondsLeft, bool counts) =>
        (Read(Payloads.RunningPod("worker-1", Created).BeingDeleted(Now.AddSeconds(secondsLeft))) is not null).Should().Be(counts);

    [Theory]
    [InlineData("CrashLoopBackOff")]
    [InlineData("ContainerCreating")]
    public void Read_IsBeingDeletedAndDoesNotRun_DoesNotCount(string reason) =>
        Read(Payloads.Pod("worker-1", Created, Payloads.Waiting(reason)).BeingDeleted(Now.AddSeconds(20))).Should().BeNull();

    [Theory]
    [InlineData(new[] { "sidecar", "main" }, null, null, "sidecar")]
    [InlineData(new[] { "sidecar", "media-worker" }, null, null, "media-worker")]
    [InlineData(new[] { "sidecar", "media-worker", "main" }, "main", null, "main")]
    [InlineData(new[] { "sidecar", "worker", "main" }, "main", null, "worker")]
    [InlineData(new[] { "sidecar", "worker", "main" }, null, "main", "main")]
    [InlineData(new[] { "sidecar", "worker" }, null, "main", "worker")]
    public void Read_SeveralContainers_ChoosesTheWorkers(string[] names, string? annotation, string? option, string expected)
    {
        var pod = new Pod(
            new ObjectMetadata("p", null, null, null, null, annotation is null ? null : new() { ["kubectl.kubernetes.io/default-container"] = annotation }, null),
            new PodSpec([.. names.Select(n => new PodContainer(n, null, null))]),
            null);

        PodReader.Read(pod, option, Now)!.Container.Should().Be(expected);
    }

    [Fact]
    public void Read_ReplicaSetOfADeployment_BelongsToTheDeployment() =>
        Read(Payloads.Pod("worker-1", Created, deployment: "media-worker-2"))!.Owner.Should().Be(new PodOwner("Deployment", "media-worker-2"));

    [Fact]
    public void Read_NothingMadeIt_IsItsOwn() =>
        Read(Payloads.RunningPod("by-hand", Created).WithOwner(null))!.Owner.Should().Be(new PodOwner("Pod", "by-hand"));

    [Fact]
    public void Read_NothingButAName_IsNotTakenForRunning() =>
        PodReader.Read(new Pod(new ObjectMetadata("p", null, null, null, null, null, null), null, null), null, Now)!.Instance
            .Should().Be(new InstanceEvidence { Id = "p", State = InstanceState.Waiting, Reason = "ContainerCreating" });

    private static InstanceEvidence Instance(JsonObject pod) => Read(pod)!.Instance;

    private static WorkerPod? Read(JsonObject pod) =>
        PodReader.Read(JsonSerializer.Deserialize(pod, KubernetesJsonContext.Default.ApiListPod.ElementPod())!, null, Now);
}
