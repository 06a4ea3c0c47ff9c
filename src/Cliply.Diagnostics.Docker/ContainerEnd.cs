namespace Cliply.Diagnostics.Docker;

/// <summary>How a container's run ended.</summary>
/// <param name="At">When.</param>
/// <param name="ExitCode">With which exit code; null: not known.</param>
/// <param name="IsOutOfMemory">Whether the engine says that memory ran out; with a code other than 137 a child process was killed.</param>
internal sealed record ContainerEnd(DateTimeOffset At, int? ExitCode, bool IsOutOfMemory)
{
    /// <summary>In the words of Kubernetes, which the contract speaks.</summary>
    public string Reason => IsOutOfMemory ? "OOMKilled" : ExitCode == 0 ? "Completed" : "Error";
}
