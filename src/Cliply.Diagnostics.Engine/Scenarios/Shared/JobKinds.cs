using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>Which job kinds call which program, and which kinds suffer.</summary>
internal static class JobKinds
{
    public const string Ffmpeg = "ffmpeg";

    public const string YtDlp = "yt-dlp";

    public static readonly string[] UsingFfmpeg = ["TRANSCRIBE", "CLIP_RENDER", "THUMBNAIL_GEN"];

    public static readonly string[] UsingYtDlp = ["YOUTUBE_DOWNLOAD"];

    /// <summary>The kinds of which jobs are so, by name with their counts, at most six; the fallback where kinds are not given or none is.</summary>
    public static string Suffering(FleetFacts facts, Func<QueueKind, long?> count, string fallback)
    {
        if (facts.Queue?.Kinds is not { Count: > 0 } kinds)
        {
            return fallback;
        }

        var named = kinds.Where(k => count(k) > 0)
            .OrderBy(k => k.Kind, StringComparer.Ordinal)
            .Select(k => $"{k.Kind} ({count(k)})")
            .ToList();
        return named.Count switch
        {
            0 => fallback,
            <= 6 => Wording.List(named),
            _ => $"{string.Join(", ", named.Take(6))} and {named.Count - 6} more",
        };
    }

    /// <summary>Whether a missing program explains failing jobs: one of its kinds has failed or dead-lettered jobs.</summary>
    public static bool HaveFailed(FleetFacts facts, string[] kinds) =>
        facts.SumOverKinds(kinds, k => k.Failed) > 0 || facts.SumOverKinds(kinds, k => k.DeadLetter) > 0;

    /// <summary>Whether a missing program explains the dead letters: its kinds hold more than half of them.</summary>
    public static bool HoldMostDeadLetters(FleetFacts facts, string[] kinds) =>
        facts.SumOverKinds(kinds, k => k.DeadLetter) * 2 > (facts.Queue?.DeadLetter ?? 0);
}
