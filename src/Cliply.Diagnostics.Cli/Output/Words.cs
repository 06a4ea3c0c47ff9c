using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Evidence in words for people. What is not known is said to be unknown, with the reason; it never looks like a zero.</summary>
internal static class Words
{
    public const string Unknown = "not known";

    public static Span Of(FleetStatus status) => new(ReportWords.Of(status), status switch
    {
        FleetStatus.Healthy => Tone.Good,
        FleetStatus.Unhealthy => Tone.Bad,
        _ => Tone.Warning,
    });

    public static Span Of(Severity severity) => new(ReportWords.Of(severity), ToneOf(severity));

    public static Tone ToneOf(Severity severity) => severity switch
    {
        Severity.Critical => Tone.Bad,
        Severity.Warning => Tone.Warning,
        _ => Tone.Muted,
    };

    /// <summary>"4", "10000 or more", "not known".</summary>
    public static Span Count(long? count, bool isLowerBound = false) => count switch
    {
        null => Span.Muted(Unknown),
        _ when isLowerBound => $"{count} or more",
        _ => $"{count}",
    };

    /// <summary>Seconds as "47 min"; null as a dash.</summary>
    public static string Age(long? seconds) => seconds is { } age ? Wording.Seconds(age) : "-";

    /// <summary>"3 s ago", "in 5 min", "never".</summary>
    public static string Ago(DateTimeOffset? time, DateTimeOffset now) => time switch
    {
        null => "never",
        { } at when at > now => $"in {Wording.Duration(at - now)}",
        { } at => $"{Wording.Duration(now - at)} ago",
    };

    /// <summary>Why a section is not known.</summary>
    public static Span Of(SectionFailure? unavailable) =>
        Span.Warning($"{Unknown}: {Reason(unavailable)}");

    /// <summary>Why, alone.</summary>
    public static string Reason(SectionFailure? unavailable) => unavailable is null ? "not collected" : unavailable.Message ?? unavailable.Code ?? "failed";

    public static Span[] Of(BinaryEvidence binary) => binary.Status switch
    {
        BinaryStatus.Available => [Span.Good("available"), $"{binary.Version ?? "version not known"}", Span.Muted(binary.Path ?? "")],
        BinaryStatus.NotFound when binary.FoundOutsidePath is { } path => [Span.Bad("not in PATH,"), $"but found at {path}"],
        BinaryStatus.NotFound => [Span.Bad("not found")],
        BinaryStatus.NotExecutable => [Span.Bad("not executable"), Span.Muted(binary.Path ?? "")],
        BinaryStatus.TimedOut => [Span.Bad("timed out"), Span.Muted(binary.Path ?? "")],
        _ => [Span.Bad("fails"), Span.Muted(binary.Path ?? "")],
    };

    /// <summary>The first root problem in one line, and how many more there are.</summary>
    public static Span[] Verdict(DiagnosticReport report)
    {
        var roots = report.Diagnoses.Where(d => d.SymptomOf.Count == 0).ToList();
        return roots switch
        {
            [] => report.Status == FleetStatus.Inconclusive ? [Span.Warning("too little is known to say more")] : [Span.Good("no diagnosis")],
            [var first, .. var more] =>
            [
                new(first.Title, ToneOf(first.Severity)),
                $"({first.Code}): {first.Summary}",
                Span.Muted(more.Count > 0 ? $"And {Wording.Count(more.Count, "other problem", "other problems")}." : ""),
            ],
        };
    }
}
