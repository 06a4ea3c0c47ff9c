using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Says what a unit's state means in the words of the evidence: one unit is one deployment with one instance.</summary>
internal static class SystemdDeployment
{
    private const int ByExit = 1, BySignal = 2, WithCoreDump = 3;
    private const int SignalBase = 128, ExitedOnSigterm = 143;

    /// <summary>Says it.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="restartsLast5Minutes">How often it was restarted within 5 minutes; null: not observable.</param>
    /// <param name="before">How its run before this one ended, where that is known from elsewhere.</param>
    public static DeploymentEvidence Of(SystemdUnit unit, long? restartsLast5Minutes, UnitTermination? before)
    {
        var instance = Instance(unit, before);
        return new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Systemd,
            Name = unit.Name,
            DesiredReplicas = Desired(unit),
            ReadyReplicas = instance.State == InstanceState.Running && unit.ActiveState is "active" or "reloading" ? 1 : 0,
            RestartsLast5Minutes = restartsLast5Minutes,
            Instances = [instance],
        };
    }

    /// <summary>How the unit's main process last ended; null where it has not.</summary>
    public static UnitTermination? Termination(SystemdUnit unit) =>
        unit.ExecMainCode == 0 && unit.Result is "" or "success" ? null : new UnitTermination(Reason(unit), ExitCode(unit), unit.ExitedAt ?? unit.InactiveSince);

    /// <summary>
    /// How many are wanted: one of a unit that somebody started or enabled, none of one that somebody stopped, masked, or
    /// never wanted. Null where nothing tells.
    /// </summary>
    internal static long? Desired(SystemdUnit unit)
    {
        if (unit.UnitFileState is "masked" or "masked-runtime" || unit.LoadState == "masked")
        {
            return 0;
        }

        if (unit.LoadState is "bad-setting" or "error")
        {
            return 1;
        }

        return unit.ActiveState switch
        {
            "active" or "reloading" or "activating" or "deactivating" or "refreshing" => 1,
            "failed" => WasStopped(unit) ? 0 : 1,
            "inactive" when unit.ExitedMonotonic is not null || unit.ExecMainCode != 0 => WasStopped(unit) ? 0 : 1,
            "inactive" => unit.UnitFileState switch
            {
                "enabled" or "enabled-runtime" => 1,
                "disabled" or "static" or "indirect" or "linked" or "linked-runtime" or "transient" => 0,
                _ => null,
            },
            _ => null,
        };
    }

    /// <summary>
    /// A unit that is told to stop leaves the state active before its main process ends; one whose process ends by itself
    /// leaves it afterwards; SIGTERM is a wish whoever sent it. The watchdog, a full memory and a time limit also end it in that order, and are no wish of anybody.
    /// </summary>
    private static bool WasStopped(SystemdUnit unit) =>
        unit.Result is "" or "success" or "exit-code" or "signal" or "core-dump"
        && (unit.LeftActiveMonotonic < unit.ExitedMonotonic || ExitCode(unit) == ExitedOnSigterm);

    private static InstanceEvidence Instance(SystemdUnit unit, UnitTermination? before)
    {
        var instance = new InstanceEvidence
        {
            Id = unit.Name,
            State = InstanceState.Terminated,
            Restarts = unit.Restarts,
            StartedAt = unit.StartedAt,
        };
        if (unit.LoadState is "bad-setting" or "error" && unit.ActiveState is "inactive" or "")
        {
            return instance with { State = InstanceState.Waiting, Reason = unit.LoadState };
        }

        var isAlive = unit.MainPid > 0;
        return (unit.ActiveState, unit.SubState) switch
        {
            ("active" or "reloading" or "refreshing", not "exited") => Running(),
            ("deactivating", _) when isAlive => Running(),
            ("activating", _) when isAlive && (unit.Type == "oneshot" || unit.SubState == "start-post") => Running(),
            ("activating", "auto-restart" or "auto-restart-queued") or (_, "failed-before-auto-restart" or "dead-before-auto-restart") => BackingOff(),
            ("activating", "start-pre" or "condition") => Starting("PodInitializing"),
            ("activating", _) => Starting("ContainerCreating"),
            _ => Ended(),
        };

        InstanceEvidence Running() => instance with
        {
            State = InstanceState.Running,
            LastTerminationReason = before?.Reason,
            LastExitCode = before?.ExitCode,
            LastTerminatedAt = before?.At,
        };

        InstanceEvidence BackingOff() => Termination(unit) is { } last && (unit.Result is not ("" or "success") || last.ExitCode is not (null or 0))
            ? instance with { State = InstanceState.Waiting, Reason = "CrashLoopBackOff", LastTerminationReason = last.Reason, LastExitCode = last.ExitCode, LastTerminatedAt = last.At }
            : Starting("ContainerCreating");

        // The words by which the contract knows what is being started; the time tells a start that takes too long.
        InstanceEvidence Starting(string reason) => instance with
        {
            State = InstanceState.Waiting,
            Reason = reason,
            StartedAt = unit.ChangedAt ?? unit.StartedAt,
            LastTerminationReason = before?.Reason,
            LastExitCode = before?.ExitCode,
            LastTerminatedAt = before?.At,
        };

        InstanceEvidence Ended()
        {
            var last = Termination(unit);
            return instance with { Reason = last?.Reason, ExitCode = last?.ExitCode, LastTerminatedAt = last?.At ?? unit.InactiveSince };
        }
    }

    /// <summary>As a shell counts it: 128 and the signal. Null where the main process did not end.</summary>
    private static int? ExitCode(SystemdUnit unit) => unit.ExecMainCode switch
    {
        ByExit => (int)(unit.ExecMainStatus & 0xFF),
        BySignal or WithCoreDump => SignalBase + (int)(unit.ExecMainStatus & 0x7F),
        _ => null,
    };

    private static string? Reason(SystemdUnit unit) => unit.Result switch
    {
        "oom-kill" => "OOMKilled",
        "success" or "" => ExitCode(unit) is null ? null : "Completed",
        var result => result,
    };
}
