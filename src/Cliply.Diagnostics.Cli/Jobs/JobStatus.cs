using System.Text.Json.Nodes;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>What <c>cliply jobs status</c> shows of a job.</summary>
internal static class JobStatus
{
    public static Answer Of(JobDetails job, DiagnosisThresholds thresholds)
    {
        var explanation = JobExplanation.Of(job, thresholds);
        var page = new Page().Heading($"Job {job.Id}").Line(new Span(explanation.Summary, explanation.Tone));
        foreach (var detail in explanation.Details)
        {
            page.Line(detail);
        }

        page.Facts(Facts(job));
        AddEvents(page, job);
        if (explanation.Steps.Count > 0)
        {
            page.Heading("What to do");
            AddSteps(page, explanation.Steps);
        }

        if (explanation.Runbook is { } runbook)
        {
            page.Line(Span.Muted($"Runbook: {runbook}"));
        }

        return new Answer { Page = page, Json = AnswerJson.ToUtf8(ToJson(job, explanation)) };
    }

    public static void AddSteps(Page page, IReadOnlyList<JobStep> steps)
    {
        foreach (var step in steps)
        {
            page.Step([step.Text], step.Commands);
        }
    }

    /// <summary>All that the row tells; what the table does not have is left out.</summary>
    public static (string Name, Span[] Value)[] Facts(JobDetails job)
    {
        var columns = job.Table.Columns;
        var facts = new List<(string, Span[])>
        {
            ("Kind", [job.Kind]),
            ("State", [job.State]),
            ("Attempts", [JobWords.Attempts(job.Attempts, job.MaxAttempts)]),
        };
        Add("Priority", "priority", job.Priority is { } priority ? [$"{priority}"] : ["none"]);
        Add("Workspace", "workspace_id", [job.WorkspaceId ?? "none"]);
        AddTime("Created", columns.CreatedAt, job.CreatedAt);
        AddTime("Due", columns.RunAt, job.RunAt);
        Add("Locked by", columns.LockedBy, [job.LockedBy ?? "nobody"]);
        AddTime("Locked", columns.LockedAt, job.LockedAt);
        AddTime("Heartbeat", columns.HeartbeatAt, job.HeartbeatAt);
        AddTime("Changed", columns.UpdatedAt, job.UpdatedAt);
        if (job.Error is { } error)
        {
            facts.Add(("Error", [Span.Muted(job.ErrorPattern is { } pattern ? $"{pattern}:" : ""), Span.Bad(error)]));
        }
        else if (columns.LastError is not null || columns.ErrorJson is not null)
        {
            facts.Add(("Error", ["none"]));
        }

        foreach (var (note, text) in job.ErrorNotes)
        {
            facts.Add(($"Error's {note}", [text]));
        }

        Add("Payload", "payload", [JobWords.Document(job.Payload)]);
        Add("Result", "result", [JobWords.Document(job.Result)]);
        if (job.Shape.Unreadable.Count > 0)
        {
            facts.Add(("Not readable", [Span.Warning(string.Join(", ", job.Shape.Unreadable)), Span.Muted("(the role has no SELECT on them)")]));
        }

        return [.. facts];

        void Add(string name, string? column, Span[] value)
        {
            if (column is not null && job.Shape.Columns.ContainsKey(column))
            {
                facts.Add((name, value));
            }
        }

        void AddTime(string name, string? column, DateTimeOffset? time) => Add(name, column, time is null ? ["none"] : JobWords.Time(time, job.Now));
    }

    private static void AddEvents(Page page, JobDetails job)
    {
        page.Heading("Timeline");
        switch (job.Events)
        {
            case JobEvents.Known { Total: 0 }:
                page.Line(Span.Muted("No event is kept of it."));
                break;
            case JobEvents.Known known:
                if (known.Total > known.Items.Count)
                {
                    page.Line(Span.Muted($"The newest {known.Items.Count} of {JobWords.Count(known.Total)} events, the oldest first."));
                }

                page.Table(
                    [Page.Column.Whole("time"), Page.Column.Whole("age"), "stage", "data"],
                    [.. known.Items.Select(e => new Span[] { e.At is { } at ? ReportWords.Of(at) : Words.Unknown, e.At is { } since ? Words.Ago(since, job.Now) : "", e.Stage, e.Data ?? "" })]);
                break;
            case JobEvents.Unindexed unindexed:
                page.Line(Span.Warning("Not read: no index leads to the events of one job, and reading all of them would take too long."))
                    .Step(["Create the index at a quiet time; CONCURRENTLY does not block the workers."], JobWords.Psql(unindexed.IndexSql + ";", CommandEffect.Changing));
                break;
            default:
                page.Line(Span.Muted($"{Words.Unknown}: no table of events that names its job can be read."));
                break;
        }
    }

    public static JsonObject ToJson(JobDetails job, JobExplanation explanation) => new()
    {
        ["id"] = job.Id,
        ["kind"] = job.Kind,
        ["state"] = job.State,
        ["meaning"] = explanation.Code,
        ["summary"] = explanation.Summary,
        ["details"] = AnswerJson.List(explanation.Details),
        ["now"] = Time(job.Now),
        ["priority"] = job.Priority,
        ["attempts"] = job.Attempts,
        ["maxAttempts"] = job.MaxAttempts,
        ["workspaceId"] = job.WorkspaceId,
        ["createdAt"] = Time(job.CreatedAt),
        ["runAt"] = Time(job.RunAt),
        ["lockedBy"] = job.LockedBy,
        ["lockedAt"] = Time(job.LockedAt),
        ["heartbeatAt"] = Time(job.HeartbeatAt),
        ["updatedAt"] = Time(job.UpdatedAt),
        ["error"] = job.Error,
        ["errorPattern"] = job.ErrorPattern,
        ["errorNotes"] = new JsonObject(job.ErrorNotes.Select(n => KeyValuePair.Create(n.Key, (JsonNode?)JsonValue.Create(n.Value)))),
        ["payload"] = Document(job.Payload),
        ["result"] = Document(job.Result),
        ["unreadableColumns"] = AnswerJson.List(job.Shape.Unreadable),
        ["events"] = Events(job.Events),
        ["steps"] = Steps(explanation.Steps),
        ["runbook"] = explanation.Runbook,
    };

    public static JsonArray Steps(IEnumerable<JobStep> steps) => new([.. steps.Select(step => new JsonObject
    {
        ["text"] = step.Text,
        ["commands"] = new JsonArray([.. step.Commands.Select(Command)]),
    })]);

    public static JsonObject Command(RunbookCommand command) => new()
    {
        ["platform"] = JsonName(command.Platform.ToString()),
        ["command"] = command.Command,
        ["effect"] = JsonName(command.Effect.ToString()),
    };

    public static JsonValue? Time(DateTimeOffset? time) => time is { } at ? JsonValue.Create(at.UtcDateTime) : null;

    private static string JsonName(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    private static JsonObject? Document(JobDocument? document) => document is null ? null : new JsonObject
    {
        ["bytes"] = document.Bytes,
        ["keys"] = document.Keys is { } keys ? AnswerJson.List(keys) : null,
        ["hasMoreKeys"] = document.HasMoreKeys,
    };

    private static JsonObject Events(JobEvents events) => events switch
    {
        JobEvents.Known known => new JsonObject
        {
            ["total"] = known.Total,
            ["newest"] = new JsonArray([.. known.Items.Select(e => new JsonObject { ["at"] = Time(e.At), ["stage"] = e.Stage, ["data"] = e.Data })]),
        },
        JobEvents.Unindexed unindexed => new JsonObject { ["unavailable"] = "no index leads to the events of one job", ["indexSql"] = unindexed.IndexSql },
        _ => new JsonObject { ["unavailable"] = "no table of events that names its job can be read" },
    };
}
