namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>Whether a dead letter may be queued again.</summary>
internal enum RequeueVerdict
{
    /// <summary>It can't be told; someone has to look first.</summary>
    Unknown,
    Safe,
    SafeAfterFix,
    NotSafe,
}
