using System.CommandLine;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Comparing;

/// <summary><c>cliply diff A B</c>: what changed between two bundles, reports or snapshots.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("A") { Description = "The earlier one: a bundle, a report or a snapshot." };
        var after = new Argument<string>("B") { Description = "The later one, of any of these kinds; - for standard input." };
        var output = OutputOption.Create();
        var command = new Command("diff", """
            Says what changed between two bundles, reports or snapshots: diagnoses that appeared, cleared or changed, and the measurements behind them.

            Exit codes, as those of diff: 0 nothing changed, 1 something did; 64 wrong usage, 65 bad input.

            Examples:
              cliply diff before.tar.gz after.tar.gz
              cliply diagnose --output json | cliply diff yesterday.json -
            """) { before, after, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (one, other) = (parsed.GetValue(before)!, parsed.GetValue(after)!);
            if (one == "-" && other == "-")
            {
                throw new CliException(ExitCodes.Usage, "A and B can't both be standard input. Give a file for one of them.");
            }

            var answer = Compare(await Recording.ReadAsync(one, "A", cancellationToken), await Recording.ReadAsync(other, "B", cancellationToken));
            return await AnswerWriter.WriteAsync(answer, parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    private static Answer Compare(Recording before, Recording after)
    {
        var diagnoses = Comparison.Diagnoses(before.Report, after.Report);
        var measurements = before.Snapshot is not null && after.Snapshot is not null ? Comparison.Measurements(before.Snapshot, after.Snapshot) : null;
        var hasChanged = diagnoses.Count > 0 || measurements?.Count > 0 || before.Report.Status != after.Report.Status;
        var page = new Page().Heading("What changed")
            .Line("The fleet was", Words.Of(before.Report.Status), Span.Muted($"at {ReportWords.Of(before.Report.CapturedAt)}"), "and is", Words.Of(after.Report.Status), Span.Muted($"at {ReportWords.Of(after.Report.CapturedAt)}{Between(before, after)}"));
        page.Table(
            ["diagnosis", "", "before", "after"],
            [.. diagnoses.Select(c => new Span[] { c.Subject, c switch { { Before: null } => Span.Bad("appeared"), { After: null } => Span.Good("cleared"), _ => Span.Warning("changed") }, c.Before ?? "-", c.After ?? "-" })]);
        page.Table(
            ["measurement", Page.Column.Number("before"), Page.Column.Number("after")],
            [.. (measurements ?? []).Select(c => new Span[] { c.Subject, c.Before ?? "-", c.After ?? "-" })]);
        if (!hasChanged)
        {
            page.Line("Nothing changed.");
        }

        if (measurements is null)
        {
            page.Line(Span.Muted("A report alone holds no measurements: bundles and snapshots do."));
        }

        return new Answer
        {
            ExitCode = hasChanged ? 1 : ExitCodes.Success,
            Page = page,
            Json = AnswerJson.ToUtf8(new JsonObject
            {
                ["before"] = Head(before.Report),
                ["after"] = Head(after.Report),
                ["appeared"] = AnswerJson.List(diagnoses.Where(c => c.Before is null).Select(c => c.Subject)),
                ["cleared"] = AnswerJson.List(diagnoses.Where(c => c.After is null).Select(c => c.Subject)),
                ["changed"] = Changes(diagnoses.Where(c => c is { Before: not null, After: not null })),
                ["measurements"] = measurements is null ? null : Changes(measurements),
            }),
        };
    }

    private static string Between(Recording before, Recording after)
    {
        var between = after.Report.CapturedAt - before.Report.CapturedAt;
        return between == TimeSpan.Zero ? "" : between > TimeSpan.Zero ? $", {Wording.Duration(between)} later" : $", {Wording.Duration(-between)} EARLIER: are A and B in the right order?";
    }

    private static JsonObject Head(DiagnosticReport report) =>
        new() { ["capturedAt"] = JsonValue.Create(report.CapturedAt.UtcDateTime), ["status"] = ReportWords.Of(report.Status) };

    private static JsonArray Changes(IEnumerable<Change> changes) =>
        new([.. changes.Select(c => new JsonObject { ["subject"] = c.Subject, ["before"] = c.Before, ["after"] = c.After })]);
}
