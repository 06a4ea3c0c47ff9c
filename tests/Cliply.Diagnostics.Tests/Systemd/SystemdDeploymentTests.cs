using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Systemd;

namespace Cliply.Diagnostics.Tests.Systemd;

/// <summary>Units that the real systemd brought into each state, and those states that it can't be brought into here as changes of them.</summary>
public sealed class SystemdDeploymentTests
{
    [Theory]
    [InlineData("running", 1, InstanceState.Running, null, null)]
    [InlineData("template-instance", 1, InstanceState.Running, null, null)]
    [InlineData("auto-restart", 1, InstanceState.Waiting, "CrashLoopBackOff", null)]
    [InlineData("no-such-program", 1, InstanceState.Waiting, "CrashLoopBackOff", null)]
    [InlineData("start-pre", 1, InstanceState.Waiting, "PodInitializing", null)]
    [InlineData("bad-setting", 1, InstanceState.Waiting, "bad-setting", null)]
    [InlineData("start-limit", 1, InstanceState.Terminated, "exit-code", 7)]
    [InlineData("killed", 1, InstanceState.Terminated, "signal", 137)]
    [InlineData("ended-by-itself", 1, InstanceState.Terminated, "Completed", 0)]
    [InlineData("stopped-enabled", 0, InstanceState.Terminated, "Completed", 143)]
    [InlineData("stopped-exit-143", 0, InstanceState.Terminated, "exit-code", 143)]
    [InlineData("never-started", 0, InstanceState.Terminated, null, null)]
    [InlineData("masked", 0, InstanceState.Terminated, null, null)]
    public void Of_CapturedUnit_SaysWhatItsStateMeans(string name, int desired, InstanceState state, string? reason, int? exitCode)
    {
        var deployment = SystemdDeployment.Of(Captured.Unit(name), 0, before: null);

        deployment.Platform.Should().Be(DeploymentPlatform.Systemd);
        deployment.DesiredReplicas.Should().Be(desired);
        deployment.ReadyReplicas.Should().Be(state == InstanceState.Running ? 1 : 0);
        var instance = deployment.Instances.Should().ContainSingle().Subject;
        (instance.State, instance.Reason, instance.ExitCode).Should().Be((state, reason, exitCode));
    }

    [Fact]
    public void Of_BackOff_SaysHowTheRunBeforeEnded() =>
        SystemdDeployment.Of(Captured.Unit("auto-restart"), 2, before: null).Instances.Should().ContainSingle().Which.Should().Be(new InstanceEvidence
        {
            Id = "cliply-fail",
            State = InstanceState.Waiting,
            Reason = "CrashLoopBackOff",
            LastTerminationReason = "exit-code",
            LastExitCode = 3,
            LastTerminatedAt = new DateTimeOffset(2026, 11, 25, 7, 48, 15, TimeSpan.Zero),
            Restarts = 0,
            StartedAt = new DateTimeOffset(2026, 11, 25, 7, 48, 14, TimeSpan.Zero),
        });

    [Fact]
    public void Of_RunsAgain_SaysHowTheRunBeforeEnded()
    {
        var at = new DateTimeOffset(2026, 11, 25, 7, 48, 0, TimeSpan.Zero);

        var instance = SystemdDeployment.Of(Captured.Unit("running"), 1, new UnitTermination("OOMKilled", 137, at)).Instances![0];

        (instance.State, instance.Reason, instance.LastTerminationReason, instance.LastExitCode, instance.LastTerminatedAt)
            .Should().Be((InstanceState.Running, null, "OOMKilled", 137, at));
    }

    [Theory]
    [InlineData(2, 9, 137)]
    [InlineData(2, 15, 143)]
    [InlineData(1, 0, 0)]
    [InlineData(0, 0, null)]
    public void Of_OomKill_KeepsTheMainProcesssOwnEnd(int code, int status, int? expected)
    {
        var unit = Captured.Unit("killed") with { Result = "oom-kill", ExecMainCode = code, ExecMainStatus = status };

        var deployment = SystemdDeployment.Of(unit, 0, before: null);

        (deployment.DesiredReplicas, deployment.Instances![0].Reason, deployment.Instances[0].ExitCode).Should().Be((1, "OOMKilled", expected));
    }

    [Theory]
    [InlineData(3, 11, "core-dump", 139)]
    [InlineData(2, 6, "signal", 134)]
    [InlineData(1, 255, "exit-code", 255)]
    [InlineData(2, 6, "watchdog", 134)]
    [InlineData(1, 1, "start-limit-hit", 1)]
    [InlineData(2, 9, "timeout", 137)]
    public void Of_Failed_CountsSignalsAsAShellDoes(int code, int status, string result, int expected)
    {
        var instance = SystemdDeployment.Of(Captured.Unit("killed") with { Result = result, ExecMainCode = code, ExecMainStatus = status }, 0, before: null).Instances![0];

        (instance.State, instance.Reason, instance.ExitCode).Should().Be((InstanceState.Terminated, result, expected));
    }

    [Theory]
    [InlineData("signal", 0)]
    [InlineData("exit-code", 0)]
    [InlineData("watchdog", 1)]
    [InlineData("oom-kill", 1)]
    [InlineData("timeout", 1)]
    public void Desired_LeftActiveBeforeItsProcessEnded_IsAWishOnlyWhereNothingElseEndedIt(string result, int expected)
    {
        var unit = Captured.Unit("killed") with { Result = result, LeftActiveMonotonic = 10, ExitedMonotonic = 20, ExecMainStatus = 9 };

        SystemdDeployment.Desired(unit).Should().Be(expected);
    }

    [Theory]
    [InlineData("enabled", 1)]
    [InlineData("enabled-runtime", 1)]
    [InlineData("disabled", 0)]
    [InlineData("static", 0)]
    [InlineData("generated", null)]
    [InlineData("", null)]
    public void Desired_NeverStarted_FollowsTheUnitFile(string fileState, int? expected) =>
        SystemdDeployment.Desired(Captured.Unit("never-started") with { UnitFileState = fileState }).Should().Be(expected);

    [Theory]
    [InlineData("deactivating", "stop-sigterm", 40, InstanceState.Running, null)]
    [InlineData("deactivating", "stop-post", 0, InstanceState.Terminated, null)]
    [InlineData("reloading", "reload", 40, InstanceState.Running, null)]
    [InlineData("active", "exited", 0, InstanceState.Terminated, null)]
    [InlineData("activating", "start", 40, InstanceState.Waiting, "ContainerCreating")]
    [InlineData("activating", "start-post", 40, InstanceState.Running, null)]
    [InlineData("activating", "auto-restart", 0, InstanceState.Waiting, "ContainerCreating")]
    [InlineData("maintenance", "maintenance", 0, InstanceState.Terminated, null)]
    public void Of_TransientState_SaysWhetherItRuns(string active, string sub, int pid, InstanceState state, string? reason)
    {
        var instance = SystemdDeployment.Of(Captured.Unit("running") with { ActiveState = active, SubState = sub, MainPid = pid }, 0, before: null).Instances![0];

        (instance.State, instance.Reason).Should().Be((state, reason));
    }

    [Fact]
    public void Of_OneshotThatWorks_Runs() =>
        SystemdDeployment.Of(Captured.Unit("running") with { ActiveState = "activating", SubState = "start", Type = "oneshot" }, 0, before: null).Instances![0].State.Should().Be(InstanceState.Running);

    [Theory]
    [InlineData("not-found", false)]
    [InlineData("masked", true)]
    [InlineData("bad-setting", true)]
    [InlineData("never-started", true)]
    public void IsDeployed_CapturedUnit_OnlyWhereThereIsOne(string name, bool expected) => Captured.Unit(name).IsDeployed.Should().Be(expected);

    [Fact]
    public void IsDeployed_FileDeletedWhileItRuns_StillIs() => (Captured.Unit("running") with { LoadState = "not-found" }).IsDeployed.Should().BeTrue();
}
