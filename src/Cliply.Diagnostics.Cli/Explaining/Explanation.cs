using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Cli.Explaining;

/// <summary>The page of one code.</summary>
internal static class Explanation
{
    private const string ExampleNames = "Commands have the runbook's names in them (worker, app=worker, cliply-worker); a report has those of your fleet.";

    /// <param name="code">What was asked for.</param>
    /// <param name="diagnosis">Null where the code is none.</param>
    /// <param name="cause">Null where the code is none.</param>
    /// <param name="platform">The only platform to show commands for; null: all.</param>
    public static Answer Answer(string code, DiagnosisExplanation? diagnosis, CauseExplanation? cause, CommandPlatform? platform)
    {
        var page = new Page();
        if (diagnosis is not null)
        {
            Add(page, diagnosis, platform);
        }

        if (cause is not null)
        {
            Add(page, cause, platform);
        }

        return new Answer { Page = page, Json = ExplanationJson.Write(code, diagnosis, cause, platform) };
    }

    private static void Add(Page page, DiagnosisExplanation diagnosis, CommandPlatform? platform)
    {
        var topic = diagnosis.Topic;
        page.Heading($"{topic.Title} ({topic.Code}{(topic.Scenario is { } scenario ? $", scenario {scenario}" : "")})")
            .Line(topic.Meaning)
            .Facts([.. diagnosis.Runbook.Select(r => ("Runbook", new Span[] { Span.Muted(r) }))])
            .Heading("When it is diagnosed")
            .Facts([.. diagnosis.Forms.Select(f => (ReportWords.Of(f.Severity), new Span[] { f.When }))]);
        if (diagnosis.LikelyWhen is { } likely)
        {
            page.Line(Span.Strong("Only likely:"), likely);
        }

        AddLimits(page, diagnosis.Thresholds);
        page.Heading("What it means for users");
        if (diagnosis.Forms.DistinctBy(f => f.Impact).Count() == 1)
        {
            page.Line(diagnosis.Forms[0].Impact);
        }
        else
        {
            page.Facts([.. diagnosis.Forms.Select(f => (ReportWords.Of(f.Severity), new Span[] { f.Impact }))]);
        }

        if (diagnosis.Causes.Count > 0)
        {
            page.Heading("Possible causes");
            foreach (var rule in diagnosis.Causes)
            {
                page.Line(Span.Strong(rule.Title), Span.Muted($"({rule.Cause})")).Facts(Sureness(rule));
            }
        }

        AddLinks(page, "Explained by", diagnosis.ExplainedBy);
        AddLinks(page, "Explains", diagnosis.Explains);
        var own = diagnosis.Causes.Select(c => c.Cause).ToList();
        AddSteps(page, diagnosis.NextChecks, diagnosis.Remediation, diagnosis.Verification, own, platform);
    }

    private static void Add(Page page, CauseExplanation cause, CommandPlatform? platform)
    {
        page.Heading($"{cause.Topic.Title} ({cause.Topic.Code})")
            .Line(cause.Topic.Meaning)
            .Facts(
                ("Cause of", [string.Join(", ", cause.Topic.Diagnoses)]),
                ("Runbook", [Span.Muted(cause.Runbook)]))
            .Heading("What shows it");
        foreach (var rule in cause.Rules)
        {
            page.Line(Span.Strong(rule.Title), Span.Muted($"({rule.Diagnosis})")).Facts(Sureness(rule));
        }

        AddLimits(page, cause.Thresholds);
        AddSteps(page, cause.NextChecks, cause.Remediation, cause.Verification, [], platform);
        page.Heading("More");
        foreach (var code in cause.SeeAlso.Prepend(cause.Page))
        {
            page.Step([Span.Code($"cliply explain {code}")]);
        }
    }

    private static (string, Span[])[] Sureness(CauseRule rule) =>
    [
        .. rule.ConfirmedWhen is { } confirmed ? new[] { ("confirmed", new Span[] { confirmed }) } : [],
        .. rule.LikelyWhen is { } likely ? new[] { ("likely", new Span[] { likely }) } : [],
    ];

    private static void AddLimits(Page page, IReadOnlyList<ThresholdInForce> thresholds)
    {
        if (thresholds.Count > 0)
        {
            page.Heading($"Limits ({CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.Thresholds)})")
                .Facts([.. thresholds.Select(t => (t.Name, new Span[] { t.Value, Span.Muted(t.Value == t.Default ? "(default)" : $"(default {t.Default})") }))]);
        }
    }

    private static void AddLinks(Page page, string title, IReadOnlyList<DiagnosisLink> links)
    {
        if (links.Count > 0)
        {
            page.Heading(title).Facts([.. links.Select(l => (l.Code, l.When is null ? [l.Title] : new Span[] { $"{l.Title},", l.When }))]);
        }
    }

    private static void AddSteps(Page page, IReadOnlyList<NextCheck> checks, IReadOnlyList<RemediationStep> remediation, IReadOnlyList<string> verification, List<string> causes, CommandPlatform? platform)
    {
        page.Heading("Look next");
        foreach (var check in checks)
        {
            page.Step([check.Question, For(check.Decides, causes)], Shown(check.Commands, platform));
        }

        page.Heading("What to do");
        foreach (var step in remediation)
        {
            page.Step([$"{ReportWords.Of(step.Horizon)}: {step.Action}", For(step.Removes, causes)], Shown(step.Commands, platform));
        }

        page.Line(Span.Muted(ExampleNames)).Heading("It worked when");
        foreach (var sign in verification)
        {
            page.Step([sign]);
        }
    }

    /// <summary>Which of the diagnosis's causes something is for; empty where it is for all of them.</summary>
    private static Span For(IReadOnlyList<string> codes, List<string> causes)
    {
        var own = causes.Where(codes.Contains).ToList();
        return Span.Muted(own.Count == 0 || own.Count == causes.Count ? "" : $"({string.Join(", ", own)})");
    }

    public static IReadOnlyList<RunbookCommand> Shown(IReadOnlyList<RunbookCommand> commands, CommandPlatform? platform) =>
        platform is null ? commands : [.. commands.Where(c => c.Platform == CommandPlatform.Any || c.Platform == platform)];
}
