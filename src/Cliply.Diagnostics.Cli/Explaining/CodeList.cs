using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Cli.Explaining;

/// <summary>All codes that can be explained.</summary>
internal static class CodeList
{
    public static Answer Answer() => new()
    {
        Page = new Page()
            .Heading("Diagnoses")
            .Table(
                [Page.Column.Whole("code"), "title", "severity", Page.Column.Number("scenario")],
                [.. RunbookCatalog.Diagnoses.Select(d => new Span[] { Span.Code(d.Code), d.Title, Words.Of(d.Severities[0]) with { Text = string.Join(", ", d.Severities.Select(ReportWords.Of)) }, $"{d.Scenario}" })])
            .Heading("Causes")
            .Table(
                [Page.Column.Whole("code"), "title", "of"],
                [.. RunbookCatalog.Causes.Select(c => new Span[] { Span.Code(c.Code), c.Title, string.Join(", ", c.Diagnoses) })]),
        Json = AnswerJson.ToUtf8(new JsonObject
        {
            ["diagnoses"] = new JsonArray([.. RunbookCatalog.Diagnoses.Select(ToJson)]),
            ["causes"] = new JsonArray([.. RunbookCatalog.Causes.Select(ToJson)]),
        }),
    };

    public static JsonObject ToJson(DiagnosisTopic topic) => new()
    {
        ["code"] = topic.Code,
        ["scenario"] = topic.Scenario,
        ["title"] = topic.Title,
        ["severities"] = AnswerJson.List(topic.Severities.Select(ReportWords.Of)),
        ["meaning"] = topic.Meaning,
    };

    public static JsonObject ToJson(CauseTopic topic) => new()
    {
        ["code"] = topic.Code,
        ["title"] = topic.Title,
        ["meaning"] = topic.Meaning,
        ["diagnoses"] = AnswerJson.List(topic.Diagnoses),
    };
}
