using System.Text.Json.Nodes;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>What <c>cliply jobs stats</c> shows of the queue.</summary>
internal static class JobsStats
{
    private const string Quiet = "Create the index at a quiet time; CONCURRENTLY does not block the workers.";

    /// <param name="evidence">What was collected of the job store.</param>
    /// <param name="thresholds">What is a red flag.</param>
    /// <param name="isCheap">Whether counting costs next to nothing; otherwise the missing index is named.</param>
    public static Answer Of(CollectedEvidence evidence, DiagnosisThresholds thresholds, bool isCheap)
    {
        var now = evidence.CapturedAt ?? TimeProvider.System.GetUtcNow();
        var snapshot = new DiagnosticSnapshot { SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion, CapturedAt = now, Workers = evidence.Workers, Queue = evidence.Queue, Database = evidence.Database };
        var flags = RedFlags(snapshot, thresholds);
        return new Answer
        {
            Page = ToPage(snapshot, flags, isCheap ? [] : snapshot.Database.Value?.MissingIndexes ?? []),
            Json = ToJson(snapshot, flags),
            ExitCode = snapshot.Queue.IsKnown ? ExitCodes.Success : ExitCodes.Inconclusive,
        };
    }

    /// <summary>Counting would read the whole of a large table.</summary>
    public static Answer OfUnindexed(CountingCost.Scan scan)
    {
        const string Reason = "no index leads to unfinished jobs";
        var create = JobWords.Psql(scan.IndexSql + ";", CommandEffect.Changing);
        var count = new RunbookCommand(CommandPlatform.Any, "cliply jobs stats --scan", CommandEffect.ReadOnly);
        return new Answer
        {
            ExitCode = ExitCodes.Inconclusive,
            Page = new Page().Heading("Queue")
                .Line(Span.Warning($"Not counted: {Reason}, and counting would read the whole table{(scan.Rows is { } rows ? $" of about {JobWords.Count(rows)} rows" : "")}."))
                .Step([Quiet], create)
                .Step(["Count without it, which may take long."], count),
            Json = AnswerJson.ToUtf8(new JsonObject
            {
                ["queue"] = null,
                ["unavailable"] = Reason,
                ["rows"] = scan.Rows,
                ["indexSql"] = scan.IndexSql,
            }),
        };
    }

    private static Page ToPage(DiagnosticSnapshot snapshot, List<string> flags, IReadOnlyList<MissingIndex> missing)
    {
        var page = new Page().Heading("Queue").Line(Span.Muted($"at {ReportWords.Of(snapshot.CapturedAt)}, by the database's clock"));
        if (snapshot.Queue.Value is { } queue)
        {
            var bounds = queue.LowerBounds ?? [];
            page.Facts(
                ("Runnable", [Count(queue.Runnable, "runnable"), Span.Muted(queue.OldestRunnableAgeSeconds is { } oldest ? $"(the oldest has been due for {Wording.Seconds(oldest)})" : "")]),
                ("Scheduled", [Count(queue.Scheduled, "scheduled")]),
                ("Running", [Count(queue.Running, "running"), queue.StaleRunning > 0 ? Span.Bad($"({JobWords.Count(queue.StaleRunning)} with a stale heartbeat)") : Span.Muted(queue.StaleRunning is null && queue.Running > 0 ? "(stale ones can't be told)" : "")]),
                ("Failed", [Count(queue.Failed, "failed")]),
                ("Dead letters", [Count(queue.DeadLetter, "deadLetter"), Span.Muted(queue.DeadLetteredLastHour is { } lastHour ? $"({JobWords.Count(lastHour, bounds.Contains("deadLetteredLastHour"))} within the last hour)" : "")]),
                ("Active workers", Workers(snapshot.Workers)),
                ("Last 5 minutes", Rates(queue, bounds)));
            if (queue.Kinds is { Count: > 0 } kinds)
            {
                page.Heading("By kind").Table(
                    [Page.Column.Whole("kind"), Page.Column.Number("runnable"), Page.Column.Number("oldest"), Page.Column.Number("scheduled"), Page.Column.Number("running"), Page.Column.Number("failed"), Page.Column.Number("dead")],
                    [.. kinds.Select(k => new Span[] { k.Kind.Length == 0 ? "(none)" : k.Kind, Count(k.Runnable, "runnable"), Words.Age(k.OldestRunnableAgeSeconds), Count(k.Scheduled, "scheduled"), Count(k.Running, "running"), Count(k.Failed, "failed"), Count(k.DeadLetter, "deadLetter") })]);
            }

            Span Count(long? count, string name) => JobWords.Count(count, bounds.Contains(name));
        }
        else
        {
            page.Line("The queue is", Words.Of(snapshot.Queue.Unavailable));
        }

        if (flags.Count > 0)
        {
            page.Heading("Red flags").Lines([.. flags.Select(Span.Bad)]).Line(Span.Muted("What to do:"), Span.Code("cliply diagnose"));
        }

        foreach (var index in missing)
        {
            page.Line(Span.Muted("Counting reads the whole table, for no index leads to unfinished jobs."))
                .Step([Quiet], JobWords.Psql(index.Sql + ";", CommandEffect.Changing));
        }

        return page;
    }

    private static Span[] Workers(Section<WorkersEvidence> workers) => workers.Value switch
    {
        null => [Words.Of(workers.Unavailable)],
        { LivenessSource: LivenessSource.JobLocks } locks => [JobWords.Count(locks.Active), Span.Muted("(idle ones don't show)")],
        var all => [JobWords.Count(all.Active)],
    };

    private static Span[] Rates(QueueEvidence queue, IReadOnlyList<string> bounds) =>
        queue is { ClaimedLast5Minutes: null, CompletedLast5Minutes: null, FailedLast5Minutes: null }
            ? [Span.Muted($"{Words.Unknown}: no table of events can be read")]
            :
            [
                $"{JobWords.Count(queue.ClaimedLast5Minutes, bounds.Contains("claimedLast5Minutes"))} claimed,",
                $"{JobWords.Count(queue.CompletedLast5Minutes, bounds.Contains("completedLast5Minutes"))} completed,",
                $"{JobWords.Count(queue.FailedLast5Minutes, bounds.Contains("failedLast5Minutes"))} failed",
            ];

    /// <summary>The red flags of the runbook's step 2.</summary>
    private static List<string> RedFlags(DiagnosticSnapshot snapshot, DiagnosisThresholds thresholds)
    {
        var flags = new List<string>();
        if (snapshot.Queue.Value is not { } queue)
        {
            return flags;
        }

        var bounds = queue.LowerBounds ?? [];
        if (queue.Runnable > thresholds.BacklogJobs && snapshot.Workers.Value is { Active: 0 })
        {
            flags.Add($"{JobWords.Count(queue.Runnable, bounds.Contains("runnable"))} jobs wait, and no worker is active: workers not running (scenario 1).");
        }

        if (queue.StaleRunning > 0)
        {
            flags.Add($"{(queue.StaleRunning == 1 ? "1 running job has" : $"{JobWords.Count(queue.StaleRunning)} running jobs have")} a stale heartbeat: workers hang or crashed mid-job (scenario 3).");
        }

        if (queue.DeadLetteredLastHour > thresholds.DeadLettersLastHour)
        {
            flags.Add($"{JobWords.Count(queue.DeadLetteredLastHour, bounds.Contains("deadLetteredLastHour"))} jobs ran out of retries within the last hour: the workers' environment may be broken (cliply dlq list).");
        }

        return flags;
    }

    private static ReadOnlyMemory<byte> ToJson(DiagnosticSnapshot snapshot, List<string> flags)
    {
        var json = new JsonObject { ["capturedAt"] = JsonValue.Create(snapshot.CapturedAt.UtcDateTime) };
        foreach (var (name, section) in AnswerJson.Sections(snapshot, "queue", "workers", "database"))
        {
            json[name] = section?.DeepClone();
        }

        json["redFlags"] = AnswerJson.List(flags);
        return AnswerJson.ToUtf8(json);
    }
}
