namespace Cliply.Diagnostics.Systemd;

/// <summary>What systemd says of one unit; null is what it does not know, or knows as unlimited.</summary>
internal sealed record SystemdUnit
{
    /// <summary>The properties that are asked for. A systemd that does not know one leaves it out.</summary>
    public const string Properties =
        "Id,LoadState,ActiveState,SubState,Result,Type,UnitFileState,MainPID,ExecMainCode,ExecMainStatus,ExecMainStartTimestamp,ExecMainExitTimestamp,ExecMainExitTimestampMonotonic,"
        + "ActiveExitTimestampMonotonic,InactiveEnterTimestamp,StateChangeTimestamp,NRestarts,MemoryCurrent,MemoryMax,EffectiveMemoryMax,CPUUsageNSec,CPUQuotaPerSecUSec,ControlGroup";

    /// <summary>What an escalation asks for besides.</summary>
    public const string DetailProperties = Properties + ",InvocationID,ExecStart,RootImage";

    private const string Suffix = ".service";

    /// <summary>The unit's full name, such as <c>cliply-worker.service</c>.</summary>
    public required string Id { get; init; }

    /// <summary>loaded, not-found, masked, bad-setting or error.</summary>
    public string LoadState { get; init; } = "";

    /// <summary>active, reloading, inactive, failed, activating or deactivating.</summary>
    public string ActiveState { get; init; } = "";

    /// <summary>running, exited, dead, failed, auto-restart, start-pre and so on.</summary>
    public string SubState { get; init; } = "";

    /// <summary>success, exit-code, signal, core-dump, oom-kill, watchdog, timeout, start-limit-hit and so on.</summary>
    public string Result { get; init; } = "";

    /// <summary>simple, exec, notify, oneshot and so on.</summary>
    public string Type { get; init; } = "";

    /// <summary>enabled, disabled, static, masked, generated and so on; empty where there is no unit file.</summary>
    public string UnitFileState { get; init; } = "";

    /// <summary>The main process; 0: none.</summary>
    public long MainPid { get; init; }

    /// <summary>How the main process ended: 1 by exit, 2 by a signal, 3 by a signal with a core dump, 0 not at all.</summary>
    public long ExecMainCode { get; init; }

    /// <summary>Its exit code or signal.</summary>
    public long ExecMainStatus { get; init; }

    /// <summary>When the main process last started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last ended.</summary>
    public DateTimeOffset? ExitedAt { get; init; }

    /// <summary>When it last ended, in microseconds since the machine started.</summary>
    public long? ExitedMonotonic { get; init; }

    /// <summary>When the unit last left the state active, likewise: before its main process ended where it was told to stop.</summary>
    public long? LeftActiveMonotonic { get; init; }

    /// <summary>When the unit last became inactive or failed.</summary>
    public DateTimeOffset? InactiveSince { get; init; }

    /// <summary>When its state last changed.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>How often systemd has restarted it on its own since somebody last started it; null before systemd 235.</summary>
    public long? Restarts { get; init; }

    /// <summary>Memory of all its processes in bytes, page cache included.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Its memory limit, or that of the slice that it is in, where that is lower and systemd tells it.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>CPU time of all its processes.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>How many processors it may use; null: all.</summary>
    public double? CpuQuota { get; init; }

    /// <summary>Its control group, such as <c>/system.slice/cliply-worker.service</c>; empty while it has none.</summary>
    public string ControlGroup { get; init; } = "";

    /// <summary>Which run it is in, as the journal names it; empty: not known.</summary>
    public string InvocationId { get; init; } = "";

    /// <summary>The program that it starts, by its path; empty: not known.</summary>
    public string Program { get; init; } = "";

    /// <summary>The disk image that it runs in; empty: none.</summary>
    public string RootImage { get; init; } = "";

    /// <summary>The name that systemctl and journalctl take.</summary>
    public string Name => Id.EndsWith(Suffix, StringComparison.Ordinal) ? Id[..^Suffix.Length] : Id;

    /// <summary>Units that ended badly come first, for their logs say most.</summary>
    public static IComparer<SystemdUnit> MostTellingFirst { get; } = Comparer<SystemdUnit>.Create((one, other) =>
        Rank(one) != Rank(other) ? Rank(one).CompareTo(Rank(other)) : string.CompareOrdinal(one.Id, other.Id));

    /// <summary>Whether a unit of that name is there at all. One whose file was deleted while it runs still is.</summary>
    public bool IsDeployed => LoadState != "not-found" || ActiveState is not ("inactive" or "failed" or "");

    private static int Rank(SystemdUnit unit) => unit switch
    {
        { ActiveState: "failed" } or { SubState: "auto-restart" or "auto-restart-queued" } => 0,
        { ActiveState: "active" or "activating" or "reloading" or "deactivating" } => 1,
        _ => 2,
    };
}
