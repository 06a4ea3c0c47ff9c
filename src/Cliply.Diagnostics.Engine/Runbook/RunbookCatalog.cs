using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook;

/// <summary>
/// Every built-in diagnosis and cause, explained. What to check, to do and to verify is written by the scenarios themselves,
/// so that it is what reports say. Without I/O; safe for concurrent use.
/// </summary>
public static class RunbookCatalog
{
    /// <summary>The diagnoses, in the order in which equally severe ones are listed.</summary>
    public static IReadOnlyList<DiagnosisTopic> Diagnoses { get; } = [.. DiagnosisEntries.All.Select(e => e.Topic)];

    /// <summary>The causes, in the order in which the diagnoses name them.</summary>
    public static IReadOnlyList<CauseTopic> Causes { get; } = [.. CausePages.All.Select(ToTopic)];

    /// <summary>Explains a diagnosis.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="thresholds">The limits in force; null: the defaults.</param>
    /// <returns>Null where no built-in diagnosis has that code.</returns>
    public static DiagnosisExplanation? ExplainDiagnosis(string code, DiagnosisThresholds? thresholds = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        return DiagnosisEntries.Find(code) is { } entry ? Explain(entry, thresholds ?? new DiagnosisThresholds()) : null;
    }

    /// <summary>Explains a cause.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="thresholds">The limits in force; null: the defaults.</param>
    /// <returns>Null where no built-in cause has that code.</returns>
    public static CauseExplanation? ExplainCause(string code, DiagnosisThresholds? thresholds = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        return CausePages.Find(code) is { } page ? Explain(page, thresholds ?? new DiagnosisThresholds()) : null;
    }

    /// <summary>The page that the scenario writes for an example, in which it is found as the entry says.</summary>
    internal static Diagnosis PageOf(DiagnosisEntry entry, DiagnosisEntry.FormEntry form, DiagnosisThresholds thresholds) =>
        Page(entry, form.Example, page => page.Severity == form.Severity, thresholds);

    /// <inheritdoc cref="PageOf(DiagnosisEntry, DiagnosisEntry.FormEntry, DiagnosisThresholds)"/>
    internal static Diagnosis PageOf(DiagnosisEntry entry, DiagnosisEntry.CauseEntry cause, DiagnosisThresholds thresholds)
    {
        var expected = cause.ConfirmedWhen is null ? Confidence.Likely : Confidence.Confirmed;
        return Page(entry, cause.Example, page => page.FindCause(cause.Code)?.Confidence == expected, thresholds);
    }

    private static Diagnosis Page(DiagnosisEntry entry, Func<DiagnosisThresholds, DiagnosticSnapshot> example, Func<Diagnosis, bool> isMeant, DiagnosisThresholds thresholds)
    {
        var scenario = BuiltInScenarios.All.First(s => s.Code == entry.Topic.Code);

        // Limits can leave no room for a form, as two equal ones do for a late heartbeat; its page is still worth reading.
        var page = scenario.Diagnose(new FleetFacts(example(thresholds), thresholds));
        return page is not null && isMeant(page) ? page : DefaultPage();

        Diagnosis DefaultPage()
        {
            var defaults = new DiagnosisThresholds();
            return scenario.Diagnose(new FleetFacts(example(defaults), defaults))
                ?? throw new InvalidOperationException($"The example of {entry.Topic.Code} is none. Change it so that the scenario finds it.");
        }
    }

    private static DiagnosisExplanation Explain(DiagnosisEntry entry, DiagnosisThresholds thresholds)
    {
        var forms = entry.Forms.Select(f => (Entry: f, Page: PageOf(entry, f, thresholds))).ToList();
        var causes = entry.Causes.Select(c => (Entry: c, Page: PageOf(entry, c, thresholds))).ToList();
        List<Diagnosis> pages = [.. forms.Select(f => f.Page), .. causes.Select(c => c.Page)];
        return new DiagnosisExplanation
        {
            Topic = entry.Topic,
            Forms = [.. forms.Select(f => new DiagnosisForm(f.Page.Severity, f.Page.Title, f.Entry.When(thresholds), f.Page.Impact))],
            LikelyWhen = entry.LikelyWhen?.Invoke(thresholds),
            Thresholds = InForce([.. entry.Thresholds, .. entry.Causes.SelectMany(c => c.Thresholds)], thresholds),
            Causes = [.. causes.Select(c => ToRule(entry, c.Entry, c.Page, thresholds))],
            ExplainedBy = [.. DiagnosisEntries.All.SelectMany(other => other.Explains.Where(e => e.Code == entry.Topic.Code).Select(e => new DiagnosisLink(other.Topic.Code, other.Topic.Title, e.When)))],
            Explains = [.. entry.Explains.Select(e => new DiagnosisLink(e.Code, DiagnosisEntries.Find(e.Code)!.Topic.Title, e.When))],
            NextChecks = Checks(pages),
            Remediation = Steps(pages),
            Verification = [.. pages.SelectMany(p => p.Verification).Distinct(StringComparer.Ordinal)],
            Runbook = [.. pages.Select(p => p.Runbook).OfType<string>().Distinct(StringComparer.Ordinal)],
        };
    }

    private static CauseExplanation Explain(CausePage page, DiagnosisThresholds thresholds)
    {
        var diagnosis = Explain(DiagnosisEntries.All.First(e => e.CausePages.Contains(page)), thresholds);
        var rules = DiagnosisEntries.All.SelectMany(e => e.Causes.Where(c => c.Code == page.Code).Select(c => (Cause: c, Rule: ToRule(e, c, PageOf(e, c, thresholds), thresholds)))).ToList();
        return new CauseExplanation
        {
            Topic = ToTopic(page),
            Rules = [.. rules.Select(r => r.Rule)],
            Thresholds = InForce(rules.SelectMany(r => r.Cause.Thresholds), thresholds),
            Page = diagnosis.Topic.Code,
            NextChecks = [.. diagnosis.NextChecks.Where(c => c.Decides.Contains(page.Code))],
            Remediation = [.. diagnosis.Remediation.Where(s => s.Removes.Contains(page.Code))],
            Verification = diagnosis.Verification,
            SeeAlso = page.SeeAlso,
            Runbook = page.Runbook ?? diagnosis.Runbook[0],
        };
    }

    private static CauseTopic ToTopic(CausePage page) =>
        new(page.Code, page.Title, page.Meaning, [.. DiagnosisEntries.All.Where(e => e.Causes.Any(c => c.Code == page.Code)).Select(e => e.Topic.Code)]);

    private static CauseRule ToRule(DiagnosisEntry entry, DiagnosisEntry.CauseEntry cause, Diagnosis page, DiagnosisThresholds thresholds) =>
        new(entry.Topic.Code, cause.Code, page.FindCause(cause.Code)!.Title, cause.ConfirmedWhen?.Invoke(thresholds), cause.LikelyWhen?.Invoke(thresholds));

    private static IReadOnlyList<ThresholdInForce> InForce(IEnumerable<string> names, DiagnosisThresholds thresholds) =>
        [.. names.Distinct(StringComparer.Ordinal).Select(name => Limits.InForce(name, thresholds))];

    /// <summary>The checks of all pages, each once.</summary>
    private static IReadOnlyList<NextCheck> Checks(IEnumerable<Diagnosis> pages) =>
    [
        .. pages.SelectMany(p => p.NextChecks)
            .GroupBy(c => c.Question, StringComparer.Ordinal)
            .Select(same => same.First() with { Decides = [.. same.SelectMany(c => c.Decides).Distinct(StringComparer.Ordinal)] }),
    ];

    /// <summary>The steps of all pages, each once, the quick ones first.</summary>
    private static IReadOnlyList<RemediationStep> Steps(IEnumerable<Diagnosis> pages) =>
    [
        .. pages.SelectMany(p => p.Remediation)
            .GroupBy(s => (s.Horizon, s.Action))
            .Select(same => same.First() with { Removes = [.. same.SelectMany(s => s.Removes).Distinct(StringComparer.Ordinal)] })
            .OrderBy(s => s.Horizon),
    ];
}
