namespace Cliply.Diagnostics.JobStores;

/// <summary>The values of the job table's state column, of both generations. Every other value means: done.</summary>
internal static class JobStates
{
    public static readonly string[] Waiting = ["queued", "pending"];

    public static readonly string[] Running = ["running", "processing"];

    public static readonly string[] Failed = ["failed", "error"];

    public static readonly string[] DeadLetter = ["dead_letter"];

    /// <summary>The words for done that are known; counts take every other word for done too.</summary>
    public static readonly string[] Done = ["done", "completed", "succeeded", "finished"];

    public static readonly string[] Cancelled = ["cancelled", "canceled"];

    public static readonly string[] Unfinished = [.. Waiting, .. Running, .. Failed, .. DeadLetter];
}
