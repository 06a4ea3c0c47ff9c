using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>What <c>cliply dlq list</c> shows.</summary>
internal static class DeadLettersAnswer
{
    private const int MaxGroups = 50;

    /// <summary>A UUID leaves the rest room on 80 columns, beside which a table would leave an error none.</summary>
    private const int LongestAlignedId = 40;

    public static Answer Of(DeadLetterList list, string? kind)
    {
        var ofKind = kind is null ? "" : $" of kind {TextSanitizer.Sample(kind, 100)}";
        var page = new Page().Heading("Dead letters");
        if (list.Total == 0)
        {
            page.Line(list.MayHideSome ? Span.Warning($"None{ofKind} that this role may see: row-level security may hide some.") : Span.Good($"None{ofKind}."));
        }
        else
        {
            page.Line(Span.Strong(JobWords.Count(list.Total, list.IsTotalLowerBound)), $"dead {(list.Total == 1 ? "letter" : "letters")}{ofKind}{(list.MayHideSome ? "; row-level security may hide more" : "")}")
                .Heading("By error and kind");
            if (list.Examined < list.Total || list.IsTotalLowerBound)
            {
                page.Line(Span.Muted($"Of the newest {JobWords.Count(list.Examined)}."));
            }

            page.Table(
                [Page.Column.Whole("error pattern"), "kind", Page.Column.Number("jobs"), Page.Column.Whole("newest"), "sample"],
                [.. list.Groups.Take(MaxGroups).Select(g => new Span[] { g.Pattern ?? Span.Muted("none"), g.Kind, JobWords.Count(g.Count), Age(g.Newest, list.Now), g.Sample ?? Span.Muted("no error") })]);
            if (list.Groups.Count > MaxGroups)
            {
                page.Line(Span.Muted($"And {list.Groups.Count - MaxGroups} smaller groups."));
            }

            page.Heading(list.Rows.Count < list.Total ? $"The newest {list.Rows.Count}" : "Each");
            if (list.Rows.All(r => r.Id.Length <= LongestAlignedId))
            {
                page.Facts([.. list.Rows.Select(r => (r.Id, Row(r, list.Now)))]);
            }
            else
            {
                foreach (var row in list.Rows)
                {
                    page.Line([Span.Strong(row.Id), .. Row(row, list.Now)]);
                }
            }

            page.Line(Span.Muted("Whether one may be queued again:"), Span.Code("cliply dlq inspect ID"));
        }

        return new Answer { Page = page, Json = AnswerJson.ToUtf8(ToJson(list, kind)) };
    }

    /// <summary>Finding them would read the whole of a large table.</summary>
    public static Answer OfUnindexed(DeadLetterLookup.Unindexed unindexed)
    {
        const string Reason = "no index leads to dead letters";
        return new Answer
        {
            ExitCode = ExitCodes.Inconclusive,
            Page = new Page().Heading("Dead letters")
                .Line(Span.Warning($"Not read: {Reason}, and reading the whole table would take too long."))
                .Step(["Create the index at a quiet time; CONCURRENTLY does not block the workers."], JobWords.Psql(unindexed.IndexSql + ";", CommandEffect.Changing)),
            Json = AnswerJson.ToUtf8(new JsonObject { ["total"] = null, ["unavailable"] = Reason, ["indexSql"] = unindexed.IndexSql }),
        };
    }

    private static JsonObject ToJson(DeadLetterList list, string? kind) => new()
    {
        ["now"] = JobStatus.Time(list.Now),
        ["kind"] = kind is null ? null : TextSanitizer.Sample(kind, 100),
        ["total"] = list.Total,
        ["isLowerBound"] = list.IsTotalLowerBound,
        ["mayHideSome"] = list.MayHideSome,
        ["examined"] = list.Examined,
        ["groups"] = new JsonArray([.. list.Groups.Select(g => new JsonObject
        {
            ["pattern"] = g.Pattern,
            ["kind"] = g.Kind,
            ["count"] = g.Count,
            ["newestAt"] = JobStatus.Time(g.Newest),
            ["sample"] = g.Sample,
        })]),
        ["jobs"] = new JsonArray([.. list.Rows.Select(r => new JsonObject
        {
            ["id"] = r.Id,
            ["kind"] = r.Kind,
            ["attempts"] = r.Attempts,
            ["maxAttempts"] = r.MaxAttempts,
            ["deadSince"] = JobStatus.Time(r.DeadSince),
            ["pattern"] = r.Pattern,
            ["error"] = r.Error,
        })]),
    };

    private static Span[] Row(DeadLetter row, DateTimeOffset now) =>
        [row.Kind, Span.Muted($"{Age(row.DeadSince, now)}, {JobWords.Attempts(row.Attempts, row.MaxAttempts)} attempts"), row.Error ?? Span.Muted("no error")];

    private static string Age(DateTimeOffset? time, DateTimeOffset now) => time is { } at ? Words.Ago(at, now) : Words.Unknown;
}
