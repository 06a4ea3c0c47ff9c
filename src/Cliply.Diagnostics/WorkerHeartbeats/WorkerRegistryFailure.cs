namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>Why a beat was not written.</summary>
/// <param name="Message">For people; safe to publish.</param>
/// <param name="IsLasting">Whether somebody has to change something first, so that trying again soon is of no use.</param>
internal sealed record WorkerRegistryFailure(string Message, bool IsLasting)
{
    public static WorkerRegistryFailure Timeout { get; } = new("no answer in time", IsLasting: false);
}
