using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Workers;

/// <summary>What <c>cliply workers status</c> shows of a snapshot.</summary>
internal static class WorkersStatus
{
    public static Answer Of(DiagnosticSnapshot snapshot, DiagnosticReport report) => new()
    {
        Page = ToPage(snapshot, report),
        Json = ToJson(snapshot, report),
        Annotations = ReportWriter.Annotations(report),
        ExitCode = ExitCodes.Of(report.Status),
    };

    private static Page ToPage(DiagnosticSnapshot snapshot, DiagnosticReport report)
    {
        var now = snapshot.CapturedAt;
        var page = new Page().Heading("Workers")
            .Line("The fleet is", Words.Of(report.Status), Span.Muted($"at {ReportWords.Of(now)}"))
            .Line(Words.Verdict(report));
        var facts = new List<(string, Span[])>();
        if (snapshot.Workers.Value is { } workers)
        {
            facts.Add(("Active workers", [Words.Count(workers.Active), .. Stale(workers)]));
            facts.Add(("Last heartbeat", [Words.Ago(workers.LastHeartbeatAt, now)]));
        }
        else
        {
            facts.Add(("Active workers", [Words.Of(snapshot.Workers.Unavailable)]));
        }

        foreach (var binary in snapshot.Binaries.Value ?? [])
        {
            facts.Add((binary.Name, Words.Of(binary)));
        }

        if (!snapshot.Binaries.IsKnown)
        {
            facts.Add(("ffmpeg, yt-dlp", [Words.Of(snapshot.Binaries.Unavailable)]));
        }

        facts.Add(("Queue", snapshot.Queue.Value is { } queue ? Summary(queue) : [Words.Of(snapshot.Queue.Unavailable)]));
        page.Facts([.. facts]);
        if (snapshot.Workers.Value?.Items is { Count: > 0 } items)
        {
            page.Heading("Each worker").Table(
                ["worker", Page.Column.Whole("heartbeat"), Page.Column.Number("running jobs")],
                [.. items.Select(w => new[] { w.Id, Words.Ago(w.LastHeartbeatAt, now), Words.Count(w.RunningJobs) })]);
        }
        else if (snapshot.Workers.Value is { LivenessSource: LivenessSource.JobLocks, Active: 0 })
        {
            page.Line(Span.Muted("Workers show only while they hold a job: an idle fleet and none look the same here. AddCliplyWorkerHeartbeat() makes them announce themselves."));
        }

        if (snapshot.Queue.Value?.Errors is { Count: > 0 } errors)
        {
            page.Heading("Last errors").Table(
                [Page.Column.Whole("pattern"), Page.Column.Number("jobs"), Page.Column.Whole("last"), "kinds", "sample"],
                [.. errors.Take(10).Select(e => new[] { e.Pattern ?? "other", Words.Count(e.Count), Words.Ago(e.LastAt, now), string.Join(", ", e.Kinds ?? []), e.Sample ?? "" })]);
        }

        return report.Status == FleetStatus.Healthy ? page : page.Line(Span.Muted("What to do:"), Span.Code("cliply diagnose"));
    }

    private static Span[] Stale(WorkersEvidence workers) => workers switch
    {
        { Active: 0 } => [],
        { Stale: null } => [Span.Muted("(stale ones can't be told)")],
        { Stale: 0 } => [],
        _ => [Span.Bad($"({workers.Stale} with a stale heartbeat)")],
    };

    private static Span[] Summary(QueueEvidence queue)
    {
        var bounds = queue.LowerBounds ?? [];
        return
        [
            $"{Number(queue.Runnable, "runnable")} runnable{(queue.OldestRunnableAgeSeconds is { } age ? $" (oldest {Words.Age(age)})" : "")},",
            $"{Number(queue.Scheduled, "scheduled")} scheduled,",
            $"{Number(queue.Running, "running")} running,",
            $"{Number(queue.Failed, "failed")} failed,",
            $"{Number(queue.DeadLetter, "deadLetter")} dead letters",
        ];

        string Number(long? count, string name) => count is { } known ? $"{known}{(bounds.Contains(name) ? "+" : "")}" : "?";
    }

    private static ReadOnlyMemory<byte> ToJson(DiagnosticSnapshot snapshot, DiagnosticReport report)
    {
        var json = new JsonObject
        {
            ["capturedAt"] = JsonValue.Create(snapshot.CapturedAt.UtcDateTime),
            ["status"] = ReportWords.Of(report.Status),
            ["diagnoses"] = new JsonArray([.. report.Diagnoses.Where(d => d.SymptomOf.Count == 0).Select(d => new JsonObject
            {
                ["code"] = d.Code,
                ["severity"] = ReportWords.Of(d.Severity),
                ["title"] = d.Title,
                ["summary"] = d.Summary,
            })]),
        };
        foreach (var (name, section) in AnswerJson.Sections(snapshot, "workers", "binaries", "queue"))
        {
            json[name] = section?.DeepClone();
        }

        return AnswerJson.ToUtf8(json);
    }
}
