using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook;

/// <summary>Rules of causes that several diagnoses share.</summary>
internal static class SharedRules
{
    public const string FoundInLogs = "the workers' logs or job errors of the last";

    public static DiagnosisEntry.CauseEntry MissingEnvironment(Func<DiagnosisThresholds, DiagnosticSnapshot> example) => new(
        CauseCodes.MissingEnvironment,
        t => $"A required variable is not set, or a variable is set to something that can't work, or {FoundInLogs} {Limits.Of(t.EvidenceWindow)} say \"NAME is not configured\".",
        null,
        t => example(t).MissingVariable()) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] };

    public static DiagnosisEntry.CauseEntry MissingBinary(Func<DiagnosisThresholds, DiagnosticSnapshot> example) => new(
        CauseCodes.MissingBinary,
        t => $"ffmpeg can't be used where it was looked for, or {FoundInLogs} {Limits.Of(t.EvidenceWindow)} say that ffmpeg or yt-dlp was not found.",
        null,
        t => example(t).Binary("ffmpeg", BinaryStatus.NotFound)) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] };

    public static DiagnosisEntry.CauseEntry DatabaseConnection(Func<DiagnosisThresholds, DiagnosticSnapshot> example) => new(
        CauseCodes.DatabaseConnection,
        t => $"The database does not answer or can't be read, or {FoundInLogs} {Limits.Of(t.EvidenceWindow)} say that it can't be reached, refuses the password or has no connection left.",
        null,
        t => example(t).Database(DatabaseStatus.Refused)) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] };

    public static DiagnosisEntry.CauseEntry StartupFailure(Func<DiagnosisThresholds, DiagnosticSnapshot> example) => new(
        CauseCodes.StartupFailure,
        t => $"An instance waits for a reason other than a crash loop, such as ImagePullBackOff, or is still being created after {Limits.Of(t.StartGrace)}.",
        null,
        example) { Thresholds = [nameof(DiagnosisThresholds.StartGrace)] };

    /// <summary>A pattern that makes a cause of the same code likely.</summary>
    public static DiagnosisEntry.CauseEntry LikelyByPattern(string pattern, string what, Func<DiagnosisThresholds, DiagnosticSnapshot> example) => new(
        pattern,
        null,
        t => $"The workers' logs or job errors of the last {Limits.Of(t.EvidenceWindow)} {what}.",
        t => example(t).Logged(pattern)) { Thresholds = [nameof(DiagnosisThresholds.EvidenceWindow)] };

    /// <summary>What ffmpeg and yt-dlp have in common.</summary>
    public static IReadOnlyList<DiagnosisEntry.CauseEntry> Binaries(string name, Func<DiagnosticSnapshot> example) =>
    [
        new(CauseCodes.NotInPath, _ => $"PATH does not lead to {name}, but it was found in another of the usual folders.", null, _ => example().Binary(name, BinaryStatus.NotFound, $"/opt/bin/{name}")),
        new(CauseCodes.NotInstalled, _ => $"{name} was found neither in PATH nor in the usual folders.", null, _ => example().Binary(name, BinaryStatus.NotFound)),
        new(CauseCodes.NotExecutable, _ => $"PATH leads to a file {name} that can't be executed.", null, _ => example().Binary(name, BinaryStatus.NotExecutable)),
        new(CauseCodes.BrokenBinary, _ => $"{name} starts, and fails or does not answer when it is asked for its version.", null, _ => example().Binary(name, BinaryStatus.Failed)),
    ];
}
