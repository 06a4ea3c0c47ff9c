using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.LogReading;

/// <summary>What one log by itself speaks for. Its age is not judged: a log is often read long after the fact.</summary>
/// <param name="SpeaksAgainst">Whether it shows a fault.</param>
/// <param name="IsEmpty">Whether there was nothing to judge.</param>
/// <param name="Text">For people.</param>
/// <param name="Codes">The causes that it speaks for, most lines first.</param>
internal sealed record LogVerdict(bool SpeaksAgainst, bool IsEmpty, string Text, IReadOnlyList<string> Codes)
{
    public static LogVerdict Of(LogEvidence log)
    {
        if (log.Lines is null or 0)
        {
            return new LogVerdict(false, true, "there is no line: a worker that logs nothing may be stuck, or logs elsewhere", []);
        }

        var findings = log.Findings ?? [];
        List<string> causes =
        [
            .. findings.Select(f => (Cause: Cause(f.Pattern), f.Count)).Where(f => f.Cause is not null)
                .GroupBy(f => f.Cause!, StringComparer.Ordinal).OrderByDescending(g => g.Sum(f => f.Count ?? 1)).Select(g => g.Key),
        ];
        var loops = FleetFacts.IsLooping(log);
        if (loops)
        {
            causes.Add("infinite-loop");
        }

        if (causes.Count > 0)
        {
            var loop = loops ? "the same line again and again" : "";
            var text = loops && causes.Count == 1 ? $"{loop}: speaks for infinite-loop" : $"speaks for {Wording.List(causes)}";
            return new LogVerdict(true, false, text, causes);
        }

        var shown = findings.Select(f => f.Pattern).ToHashSet(StringComparer.Ordinal);
        var healthy = shown.Contains(BuiltInLogPatterns.JobCompleted) ? "jobs are completed; nothing speaks against this worker"
            : shown.Contains(BuiltInLogPatterns.JobClaimed) || shown.Contains(BuiltInLogPatterns.HeartbeatSent) ? "jobs are claimed; nothing speaks against this worker"
            : shown.Contains(BuiltInLogPatterns.Polling) ? "it polls and claims nothing: normal where no job is due"
            : null;
        return new LogVerdict(false, healthy is null, healthy ?? "shows none of the runbook's patterns", []);
    }

    public static bool IsFault(string pattern) => Cause(pattern) is not null;

    /// <summary>The cause that a pattern speaks for; null for the patterns of a worker at work.</summary>
    private static string? Cause(string pattern) => pattern switch
    {
        BuiltInLogPatterns.Polling or BuiltInLogPatterns.HeartbeatSent or BuiltInLogPatterns.JobClaimed or BuiltInLogPatterns.JobCompleted => null,
        BuiltInLogPatterns.EnvNotConfigured => "missing-environment",
        BuiltInLogPatterns.FfmpegNotFound or BuiltInLogPatterns.YtDlpNotFound => "missing-binary",
        BuiltInLogPatterns.DatabaseUnreachable or BuiltInLogPatterns.DatabaseAuthentication or BuiltInLogPatterns.DatabaseTooManyConnections => "database-connection",
        BuiltInLogPatterns.HostNotFound or BuiltInLogPatterns.NetworkTimeout => "network-partition",
        BuiltInLogPatterns.NodeHeapOutOfMemory or BuiltInLogPatterns.OomKilled => "out-of-memory",
        BuiltInLogPatterns.SegmentationFault => "native-crash",
        BuiltInLogPatterns.UncaughtException or BuiltInLogPatterns.UnhandledRejection => "uncaught-exception",
        _ => pattern,
    };
}
