using System.CommandLine;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.LogReading;

/// <summary><c>cliply logs analyze</c>: what worker logs show (runbook: 2.1, 3.2, 4.1).</summary>
internal static class LogsAnalyzeCommand
{
    /// <summary>As many as the engine wants before it calls a log looping.</summary>
    private const int FewestLines = 20;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Log files of any size; - for standard input.", Arity = ArgumentArity.OneOrMore, HelpName = "FILE|-" };
        var output = OutputOption.Create(annotations: true);
        var command = new Command("analyze", """
            Reads worker logs: which patterns of the runbook they show, how often, first and last, with samples; whether they say the same again and again; what that speaks for.

            Exit codes: 0 nothing speaks against the worker, 1 something does; 64 wrong usage, 65 bad input.

            Examples:
              cliply logs analyze worker-1.log worker-2.log
              kubectl logs -l app=worker --tail=-1 | cliply logs analyze -
            """) { files, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new FleetSettings(ConfigurationFile.Read(null), Database: null, Timeout: null);
            var redactor = settings.CreateRedactor(settings.ReadOptions());
            var matcher = new LogPatternMatcher(redactor: redactor);
            var logs = new List<LogEvidence>();
            foreach (var file in parsed.GetValue(files)!.Distinct(StringComparer.Ordinal))
            {
                await using var log = InputFiles.Open(file, "FILE");
                logs.Add(await Progress.WhileAsync($"reading {InputFiles.Name(file)}", LogFiles.ScanAsync(log, InputFiles.Name(file), matcher, TimeProvider.System, cancellationToken)));
            }

            return await AnswerWriter.WriteAsync(Answer(logs, TimeProvider.System.GetUtcNow()).Redacted(redactor), parsed.GetValue(output), cancellationToken);
        });
        return new Command("logs", "Reads worker logs.") { command };
    }

    private static Answer Answer(List<LogEvidence> logs, DateTimeOffset now)
    {
        var verdicts = logs.ConvertAll(log => LogVerdict.Of(log));
        var page = new Page();
        foreach (var (log, verdict) in logs.Zip(verdicts))
        {
            page.Heading(log.Source)
                .Facts(
                    ("Lines", [Words.Count(log.Lines)]),
                    ("Last line", [log.LastLineAt is { } last ? $"{ReportWords.Of(last)}, {Words.Ago(last, now)}" : "no line has a time that can be read"]),
                    ("Repetition", Repetition(log)),
                    ("Verdict", [new(verdict.Text, verdict.SpeaksAgainst ? Tone.Bad : verdict.IsEmpty ? Tone.Warning : Tone.Good)]))
                .Table(
                    [Page.Column.Whole("pattern"), Page.Column.Number("lines"), Page.Column.Whole("first"), Page.Column.Whole("last"), "sample"],
                    [.. (log.Findings ?? []).OrderByDescending(f => LogVerdict.IsFault(f.Pattern)).ThenByDescending(f => f.Count).Select(f => new Span[]
                    {
                        new(f.Pattern, LogVerdict.IsFault(f.Pattern) ? Tone.Bad : Tone.Good),
                        Words.Count(f.Count),
                        f.FirstAt is { } first ? ReportWords.Of(first) : "-",
                        f.LastAt is { } at ? ReportWords.Of(at) : "-",
                        f.Sample ?? "",
                    })])
                .Lines([.. verdict.Codes.Take(3).Select(code => Span.Muted($"More: cliply explain {code}"))]);
        }

        return new Answer
        {
            ExitCode = verdicts.Exists(v => v.SpeaksAgainst) ? 1 : ExitCodes.Success,
            Annotations = [.. logs.Zip(verdicts).Where(p => p.Second.SpeaksAgainst).Select(p => new Annotation(Severity.Warning, p.First.Source, p.Second.Text))],
            Page = page,
            Json = ToJson(logs, verdicts, now),
        };
    }

    private static Span[] Repetition(LogEvidence log) => log switch
    {
        { DominantLineShare: null } or { Lines: null or < FewestLines } => [Span.Muted("too few lines to tell")],
        { DominantLineShare: { } share, DominantPattern: var pattern } => [$"the most frequent line is {share * 100:0} % of all", Span.Muted(pattern is null ? "" : $"({pattern})")],
    };

    private static ReadOnlyMemory<byte> ToJson(List<LogEvidence> logs, List<LogVerdict> verdicts, DateTimeOffset now)
    {
        var snapshot = new DiagnosticSnapshot { SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion, CapturedAt = now, Logs = Section.List([.. logs]) };
        var json = AnswerJson.Sections(snapshot, "logs");
        foreach (var (log, verdict) in json["logs"]!.AsArray().Zip(verdicts))
        {
            log!["verdict"] = new JsonObject { ["speaksAgainst"] = verdict.SpeaksAgainst, ["text"] = verdict.Text, ["causes"] = AnswerJson.List(verdict.Codes) };
        }

        return AnswerJson.ToUtf8(json);
    }
}
