namespace Cliply.Diagnostics.JobStores;

/// <summary>The values of the job table's state column, of both generations. Every other value means: done.</summary>
internal static class JobStates
{
    public static readonly string[] Waiting = ["queued", "pending"];

    public static readonly string[] Running = ["running", "processing"];

    public static readonly string[] Failed = ["failed", "error"];

    public static readonly string[] DeadLetter = ["dead_letter"];

    public static readonly string[] Unfinished = [.. Waiting, .. Running, .. Failed, .. DeadLetter];
}
