using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql.Lookups;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary>What <c>cliply dlq inspect</c> shows of a dead letter.</summary>
internal static class DeadLetterInspection
{
    public static Answer Of(JobDetails job, SameDeaths? same, DiagnosisThresholds thresholds)
    {
        var advice = RequeueJudge.Judge(job, same, thresholds.EvidenceWindow);
        var explanation = JobExplanation.Of(job, thresholds);
        var requeue = RequeueStatement.Of(job);
        var verify = new JobStep("See whether it runs.", Commands.Look(CommandPlatform.Any, $"cliply jobs status {Commands.Word(job.Id)}"));
        var page = new Page().Heading($"Dead letter {job.Id}")
            .Line(new Span(advice.Summary, advice.Verdict switch { RequeueVerdict.Safe => Tone.Good, RequeueVerdict.NotSafe => Tone.Bad, _ => Tone.Warning }))
            .Lines([.. advice.Reasons.Select(r => new Span(r))])
            .Facts([.. JobStatus.Facts(job), .. Same(job, same)])
            .Heading("What to do");
        JobStatus.AddSteps(page, advice.Before);
        if (requeue is null)
        {
            page.Step([Span.Warning("Its id holds characters or a secret that can't be printed: write the statement that queues it again yourself.")]);
        }
        else
        {
            page.Step([Introduction(advice.Verdict)], JobWords.Psql(requeue, CommandEffect.Changing));
            JobStatus.AddSteps(page, [verify]);
        }

        page.Line(Span.Muted($"Runbook: {explanation.Runbook}"));
        var json = JobStatus.ToJson(job, explanation);
        json["sameCause"] = same is null ? null : new JsonObject { ["count"] = same.Count, ["examined"] = same.Examined, ["newestAt"] = JobStatus.Time(same.Newest) };
        json["requeue"] = new JsonObject
        {
            ["verdict"] = JsonNamingPolicy.CamelCase.ConvertName(advice.Verdict.ToString()),
            ["summary"] = advice.Summary,
            ["reasons"] = AnswerJson.List(advice.Reasons),
            ["before"] = JobStatus.Steps(advice.Before),
            ["sql"] = requeue,
        };
        json["steps"] = new JsonArray();
        return new Answer { Page = page, Json = AnswerJson.ToUtf8(json) };
    }

    private static (string, Span[])[] Same(JobDetails job, SameDeaths? same) => same is null ? [] :
    [
        ("Died alike", [$"{JobWords.Count(same.Count)} of the newest {JobWords.Count(same.Examined)} dead letters{(same.Newest is { } newest ? $", the last {JobWords.Since(newest, job.Now)} ago" : "")}"]),
    ];

    private static string Introduction(RequeueVerdict verdict) => verdict switch
    {
        RequeueVerdict.Safe => "Queue it again.",
        RequeueVerdict.SafeAfterFix => "Once that is fixed, queue it again.",
        RequeueVerdict.NotSafe => "Only once that is ruled out, queue it again.",
        _ => "Once you know that it may run again, queue it.",
    };
}
