using Cliply.Diagnostics.Cli.Jobs;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>Whether a dead letter may be queued again, and why.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reasons">Why, in sentences.</param>
/// <param name="Before">What to look at or to do before.</param>
internal sealed record RequeueAdvice(RequeueVerdict Verdict, IReadOnlyList<string> Reasons, IReadOnlyList<JobStep> Before)
{
    /// <summary>The verdict for people.</summary>
    public string Summary => Verdict switch
    {
        RequeueVerdict.Safe => "Safe to queue again.",
        RequeueVerdict.SafeAfterFix => "Safe to queue again, but only after a fix.",
        RequeueVerdict.NotSafe => "Not safe to queue again.",
        _ => "Not known whether it is safe to queue again.",
    };
}
