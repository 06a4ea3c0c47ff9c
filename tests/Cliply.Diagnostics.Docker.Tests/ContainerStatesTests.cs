using Cliply.Diagnostics.Evidence;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>What a container's state means for the contract.</summary>
public sealed class ContainerStatesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("running", 0, InstanceState.Running, null)]
    [InlineData("stopping", 0, InstanceState.Running, null)]
    [InlineData("paused", 0, InstanceState.Waiting, "Paused")]
    [InlineData("restarting", 1, InstanceState.Waiting, "CrashLoopBackOff")]
    [InlineData("restarting", 137, InstanceState.Waiting, "CrashLoopBackOff")]
    [InlineData("restarting", 0, InstanceState.Waiting, null)]
    [InlineData("created", 0, InstanceState.Waiting, "ContainerCreating")]
    [InlineData("created", 127, InstanceState.Waiting, "StartError")]
    [InlineData("exited", 0, InstanceState.Terminated, "Completed")]
    [InlineData("exited", 1, InstanceState.Terminated, "Error")]
    [InlineData("stopped", 1, InstanceState.Terminated, "Error")]
    [InlineData("dead", 1, InstanceState.Terminated, "Dead")]
    [InlineData("removing", 0, InstanceState.Terminated, "Removing")]
    public void Instance_OfEachState_HasTheContractsWords(string state, long exitCode, InstanceState expected, string? reason)
    {
        var instance = Instance(Containers.Create(state, exitCode: exitCode, finished: state is "created" or "running" ? null : Minute));

        instance.State.Should().Be(expected);
        instance.Reason.Should().Be(reason);
    }

    [Fact]
    public void Instance_InBackOff_TellsHowItEnded()
    {
        var instance = Instance(Containers.Create("restarting", exitCode: 137, oomKilled: true, restarts: 4, started: 2 * Minute, finished: Minute));

        instance.Should().BeEquivalentTo(new InstanceEvidence
        {
            Id = "worker-a",
            State = InstanceState.Waiting,
            Reason = "CrashLoopBackOff",
            LastTerminationReason = "OOMKilled",
            LastExitCode = 137,
            LastTerminatedAt = Containers.Now - Minute,
            StartedAt = Containers.Now - (2 * Minute),
            Restarts = 4,
        });
    }

    [Fact]
    public void Instance_InBackOffAfterACleanEnd_LoopsOnlyWhereItGoesOn()
    {
        Instance(Containers.Create("restarting", exitCode: 0, restarts: 1, finished: Minute)).Reason.Should().BeNull();
        Instance(Containers.Create("restarting", exitCode: 0, restarts: 2, finished: Minute)).Reason.Should().Be("CrashLoopBackOff");
    }

    [Fact]
    public void Instance_EndedBySigtermAfterAChildWasKilled_KeepsWhatTheEngineSays()
    {
        var instance = Instance(Containers.Create("exited", exitCode: 143, oomKilled: true, finished: Minute));

        instance.Should().BeEquivalentTo(new { Reason = "OOMKilled", ExitCode = 143, LastTerminationReason = (string?)null, LastExitCode = (int?)null });
    }

    [Fact]
    public void Instance_ThatNeverEnded_HasNoSuchTime()
    {
        var instance = Instance(Containers.Create("running", started: Minute));

        instance.LastTerminatedAt.Should().BeNull();
        instance.LastExitCode.Should().BeNull();
        instance.StartedAt.Should().Be(Containers.Now - Minute);
    }

    [Fact]
    public void Instance_WithAnExitCodeBeyondReason_HasNone() =>
        Instance(Containers.Create("exited", exitCode: long.MaxValue, finished: Minute)).ExitCode.Should().BeNull();

    [Theory]
    [InlineData("running", 0, RestartPolicyKind.No, 0, 0, 1)]
    [InlineData("paused", 0, RestartPolicyKind.No, 0, 0, 1)]
    [InlineData("restarting", 1, RestartPolicyKind.Always, 0, 3, 1)]
    [InlineData("created", 0, RestartPolicyKind.No, 0, 0, 1)]
    [InlineData("dead", 1, RestartPolicyKind.Always, 0, 0, 0)]
    [InlineData("exited", 0, RestartPolicyKind.No, 0, 0, 0)]
    [InlineData("exited", 143, RestartPolicyKind.No, 0, 0, 0)]
    [InlineData("exited", 0, RestartPolicyKind.Always, 0, 0, 0)]
    [InlineData("exited", 137, RestartPolicyKind.Always, 0, 9, 0)]
    [InlineData("exited", 137, RestartPolicyKind.UnlessStopped, 0, 0, 0)]
    [InlineData("exited", 1, RestartPolicyKind.OnFailure, 5, 5, 1)]
    [InlineData("exited", 137, RestartPolicyKind.OnFailure, 5, 2, 0)]
    [InlineData("exited", 137, RestartPolicyKind.OnFailure, 0, 90, 0)]
    [InlineData("exited", 0, RestartPolicyKind.OnFailure, 5, 5, 0)]
    [InlineData("exited", 1, RestartPolicyKind.No, 0, 0, 1)]
    [InlineData("exited", 137, RestartPolicyKind.Undefined, 0, 0, 1)]
    [InlineData("stopped", 1, RestartPolicyKind.Always, 0, 0, 1)]
    [InlineData("stopped", 1, RestartPolicyKind.OnFailure, 5, 5, 1)]
    [InlineData("stopped", 0, RestartPolicyKind.OnFailure, 5, 0, 0)]
    public void Desired_ByStateAndPolicy_IsWhatSomebodyWants(string state, long exitCode, RestartPolicyKind policy, long retries, long restarts, int expected) =>
        Desired(Containers.Create(state, exitCode: exitCode, policy: policy, retries: retries, restarts: restarts, finished: Minute)).Should().Be(expected);

    [Fact]
    public void Desired_FailedLongAgoWithoutPolicy_IsNotObservable() =>
        Desired(Containers.Create("exited", exitCode: 1, finished: TimeSpan.FromDays(30))).Should().BeNull();

    [Fact]
    public void Desired_NotInspected_IsNotObservable() =>
        Desired(Containers.Create("exited") with { Inspected = null }).Should().BeNull();

    [Fact]
    public void Desired_EndedByTheSignalOfItsImage_IsZero()
    {
        Desired(Containers.Create("exited", exitCode: 130, stopSignal: "SIGINT", finished: Minute)).Should().Be(0);
        Desired(Containers.Create("exited", exitCode: 130, stopSignal: "SIGTERM", finished: Minute)).Should().Be(1);
        Desired(Containers.Create("exited", exitCode: 143, oomKilled: true, finished: Minute)).Should().Be(1);
    }

    [Theory]
    [InlineData("running", null, true)]
    [InlineData("running", "healthy", true)]
    [InlineData("running", "starting", false)]
    [InlineData("running", "unhealthy", false)]
    [InlineData("paused", "healthy", false)]
    public void IsReady_ByStateAndHealth(string state, string? health, bool expected) =>
        ContainerStates.IsReady(Containers.Create(state, health: health)).Should().Be(expected);

    private static InstanceEvidence Instance(WorkerContainer container) => ContainerStates.Instance(container, new ContainerEnds().Observe(container));

    private static int? Desired(WorkerContainer container) => ContainerStates.Desired(container, new ContainerEnds().Observe(container), Containers.Now - TimeSpan.FromMinutes(15));
}
