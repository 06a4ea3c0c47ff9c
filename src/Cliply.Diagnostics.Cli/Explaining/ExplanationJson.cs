using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Cli.Explaining;

/// <summary>The page of one code for programs; enum values are those of a report.</summary>
internal static class ExplanationJson
{
    public static ReadOnlyMemory<byte> Write(string code, DiagnosisExplanation? diagnosis, CauseExplanation? cause, CommandPlatform? platform) => AnswerJson.ToUtf8(new JsonObject
    {
        ["code"] = code,
        ["diagnosis"] = diagnosis is null ? null : ToJson(diagnosis, platform),
        ["cause"] = cause is null ? null : ToJson(cause, platform),
    });

    private static JsonObject ToJson(DiagnosisExplanation diagnosis, CommandPlatform? platform)
    {
        var json = CodeList.ToJson(diagnosis.Topic);
        json["forms"] = Array(diagnosis.Forms, f => new JsonObject { ["severity"] = ReportWords.Of(f.Severity), ["title"] = f.Title, ["when"] = f.When, ["impact"] = f.Impact });
        json["likelyWhen"] = diagnosis.LikelyWhen;
        json["thresholds"] = Thresholds(diagnosis.Thresholds);
        json["causes"] = Rules(diagnosis.Causes);
        json["explainedBy"] = Links(diagnosis.ExplainedBy);
        json["explains"] = Links(diagnosis.Explains);
        AddSteps(json, diagnosis.NextChecks, diagnosis.Remediation, diagnosis.Verification, platform);
        json["runbook"] = AnswerJson.List(diagnosis.Runbook);
        return json;
    }

    private static JsonObject ToJson(CauseExplanation cause, CommandPlatform? platform)
    {
        var json = CodeList.ToJson(cause.Topic);
        json["rules"] = Rules(cause.Rules);
        json["thresholds"] = Thresholds(cause.Thresholds);
        json["page"] = cause.Page;
        AddSteps(json, cause.NextChecks, cause.Remediation, cause.Verification, platform);
        json["seeAlso"] = AnswerJson.List(cause.SeeAlso);
        json["runbook"] = AnswerJson.List([cause.Runbook]);
        return json;
    }

    private static void AddSteps(JsonObject json, IReadOnlyList<NextCheck> checks, IReadOnlyList<RemediationStep> remediation, IReadOnlyList<string> verification, CommandPlatform? platform)
    {
        json["nextChecks"] = Array(checks, c => new JsonObject { ["question"] = c.Question, ["commands"] = Commands(c.Commands, platform), ["decides"] = AnswerJson.List(c.Decides) });
        json["remediation"] = Array(remediation, s => new JsonObject
        {
            ["horizon"] = s.Horizon switch { RemediationHorizon.Quick => "quick", RemediationHorizon.Medium => "medium", _ => "long" },
            ["action"] = s.Action,
            ["commands"] = Commands(s.Commands, platform),
            ["removes"] = AnswerJson.List(s.Removes),
        });
        json["verification"] = AnswerJson.List(verification);
    }

    private static JsonArray Commands(IReadOnlyList<RunbookCommand> commands, CommandPlatform? platform) => Array(Explanation.Shown(commands, platform), c => new JsonObject
    {
        ["platform"] = c.Platform switch { CommandPlatform.Docker => "docker", CommandPlatform.Kubernetes => "kubernetes", CommandPlatform.Systemd => "systemd", _ => "any" },
        ["command"] = c.Command,
        ["effect"] = c.Effect == CommandEffect.Changing ? "changing" : "readOnly",
    });

    private static JsonArray Rules(IReadOnlyList<CauseRule> rules) =>
        Array(rules, r => new JsonObject { ["diagnosis"] = r.Diagnosis, ["cause"] = r.Cause, ["title"] = r.Title, ["confirmedWhen"] = r.ConfirmedWhen, ["likelyWhen"] = r.LikelyWhen });

    private static JsonArray Thresholds(IReadOnlyList<ThresholdInForce> thresholds) =>
        Array(thresholds, t => new JsonObject { ["name"] = t.Name, ["value"] = t.Value, ["default"] = t.Default });

    private static JsonArray Links(IReadOnlyList<DiagnosisLink> links) =>
        Array(links, l => new JsonObject { ["code"] = l.Code, ["title"] = l.Title, ["when"] = l.When });

    private static JsonArray Array<T>(IReadOnlyList<T> items, Func<T, JsonObject> toJson) => new([.. items.Select(toJson)]);
}
