namespace Cliply.Diagnostics.Evidence;

/// <summary>One instance of a deployment: a pod, a container, a process.</summary>
public sealed record InstanceEvidence
{
    /// <summary>Its name on the platform.</summary>
    public required string Id { get; init; }

    /// <summary>Whether it runs.</summary>
    public required InstanceState State { get; init; }

    /// <summary>Why it waits or ended, in the platform's words, such as CrashLoopBackOff.</summary>
    public string? Reason { get; init; }

    /// <summary>The exit code of an instance that has ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Why the run before this one ended.</summary>
    public string? LastTerminationReason { get; init; }

    /// <summary>The exit code of the run before this one.</summary>
    public int? LastExitCode { get; init; }

    /// <summary>When it last ended, be it now or before.</summary>
    public DateTimeOffset? LastTerminatedAt { get; init; }

    /// <summary>How often it was restarted in all.</summary>
    public long? Restarts { get; init; }

    /// <summary>When it was created or last started.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}
