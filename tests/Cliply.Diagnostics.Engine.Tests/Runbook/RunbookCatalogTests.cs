using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios;
using CsCheck;
using static Cliply.Diagnostics.Tests.Snapshots;

namespace Cliply.Diagnostics.Tests.Runbook;

/// <summary>The catalog knows exactly what the scenarios can say, and says the same.</summary>
public sealed partial class RunbookCatalogTests
{
    private static readonly DiagnosisThresholds Defaults = new();

    public static TheoryData<string> DiagnosisCodesOfAll => [.. RunbookCatalog.Diagnoses.Select(d => d.Code)];

    public static TheoryData<string> CauseCodesOfAll => [.. RunbookCatalog.Causes.Select(c => c.Code)];

    public static TheoryData<string> ThresholdNames => [.. typeof(DiagnosisThresholds).GetProperties().Select(p => p.Name)];

    [Fact]
    public void Diagnoses_All_AreTheBuiltInScenariosInTheirOrder() =>
        RunbookCatalog.Diagnoses.Select(d => d.Code).Should().Equal(BuiltInScenarios.All.Select(s => s.Code));

    [Fact]
    public void Diagnoses_All_AreTheCodesThatUsersKnow()
    {
        var codes = RunbookCatalog.Diagnoses.Select(d => d.Code).ToList();

        Constants(typeof(DiagnosisCodes)).Except(codes).Should().BeEmpty("each scenario has a line in BuiltInScenarios");
        codes.Except(Constants(typeof(DiagnosisCodes))).Should().BeEmpty("each code is a constant of DiagnosisCodes");
        codes.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Causes_All_AreThoseOfTheRulesAndOnlyOnceEach()
    {
        var ofRules = RunbookCatalog.Diagnoses.SelectMany(d => RunbookCatalog.ExplainDiagnosis(d.Code)!.Causes).Select(c => c.Cause).Distinct();

        var pages = RunbookCatalog.Causes.Select(c => c.Code).ToList();
        ofRules.Except(pages).Should().BeEmpty("each cause has a page in the CausePages of an entry");
        pages.Except(ofRules).Should().BeEmpty("each page is of a cause that an entry names");
        Constants(typeof(CauseCodes)).Except(pages).Should().BeEmpty("each code of a cause is used");
        pages.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Codes_OfCases_AreInTheCatalog()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Cases"), "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var report = SnapshotJson.Read(Encoding.UTF8.GetBytes(document.RootElement.GetProperty("snapshot").GetRawText())).Classify();
            foreach (var diagnosis in report.Diagnoses)
            {
                var explained = RunbookCatalog.ExplainDiagnosis(diagnosis.Code)!;
                diagnosis.Causes.Select(c => c.Code).Should().BeSubsetOf(explained.Causes.Select(c => c.Cause), $"{Path.GetFileName(file)}, {diagnosis.Code}");
                explained.Forms.Select(f => (f.Severity, f.Title)).Should().Contain((diagnosis.Severity, diagnosis.Title), Path.GetFileName(file));
                explained.NextChecks.Select(c => c.Question).Should().Contain(diagnosis.NextChecks.Select(c => c.Question), $"{Path.GetFileName(file)}, {diagnosis.Code}");
            }

            report.Unknowns.SelectMany(u => u.WouldDecide).Should().OnlyContain(c => RunbookCatalog.ExplainDiagnosis(c, null) != null || RunbookCatalog.ExplainCause(c, null) != null);
        }
    }

    [Theory]
    [MemberData(nameof(DiagnosisCodesOfAll))]
    public void Form_Example_IsDiagnosedSo(string code)
    {
        var entry = DiagnosisEntries.Find(code)!;
        var forms = RunbookCatalog.ExplainDiagnosis(code)!.Forms;
        foreach (var (form, explained) in entry.Forms.Zip(forms))
        {
            var reported = Reported(form.Example(Defaults), code);

            (reported.Severity, reported.Title, reported.Impact).Should().Be((form.Severity, explained.Title, explained.Impact));
        }

        entry.Topic.Severities.Should().Equal(entry.Forms.Select(f => f.Severity).Distinct()).And.BeInDescendingOrder();
        entry.Topic.Title.Should().Be(forms[0].Title);
        entry.Topic.Scenario.Should().Be(Reported(entry.Forms[0].Example(Defaults), code).Scenario);
    }

    [Theory]
    [MemberData(nameof(DiagnosisCodesOfAll))]
    public void Cause_Example_HasThatCauseAsSureAsItCanBe(string code)
    {
        foreach (var (cause, rule) in DiagnosisEntries.Find(code)!.Causes.Zip(RunbookCatalog.ExplainDiagnosis(code)!.Causes))
        {
            var found = Reported(cause.Example(Defaults), code).FindCause(cause.Code)!;

            found.Confidence.Should().Be(rule.ConfirmedWhen is null ? Confidence.Likely : Confidence.Confirmed, cause.Code);
            (rule.Diagnosis, rule.Cause, rule.Title).Should().Be((code, cause.Code, found.Title));
            (rule.ConfirmedWhen ?? rule.LikelyWhen).Should().NotBeNull(cause.Code);
        }
    }

    [Theory]
    [InlineData("no-workers-running", "scaled-to-zero, not-deployed, startup-failure, missing-environment, missing-binary, database-connection, all-crashed")]
    [InlineData("workers-not-claiming", "missing-function, database-connection, infinite-loop, claim-query-empty")]
    [InlineData("dead-letter-spike", "missing-binary, credentials-expired, source-file-missing, ffmpeg-timeout, stuck-job-recovery")]
    [InlineData("clock-skew", "")]
    public void Causes_OfADiagnosis_AreInTheContractsOrder(string code, string expected) =>
        string.Join(", ", RunbookCatalog.ExplainDiagnosis(code)!.Causes.Select(c => c.Cause)).Should().Be(expected);

    [Fact]
    public void Causes_AllPossible_AreListedInTheSameOrderByReports()
    {
        var nothingElseKnown = Healthy with { Workers = default, Database = default, Binaries = default, Environment = default };
        foreach (var snapshot in new[] { Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null }) with { Database = default, Binaries = default, Environment = default }, nothingElseKnown.Q(q => q with { FailedLast5Minutes = 9, DeadLetter = 30 }) })
        {
            foreach (var diagnosis in snapshot.Classify().Diagnoses)
            {
                RunbookCatalog.ExplainDiagnosis(diagnosis.Code)!.Causes.Select(c => c.Cause).Should().ContainInOrder(diagnosis.Causes.Select(c => c.Code));
            }
        }
    }

    [Theory]
    [MemberData(nameof(CauseCodesOfAll))]
    public void Cause_Title_IsThatOfAReport(string code)
    {
        var topic = RunbookCatalog.Causes.Single(c => c.Code == code);
        var titles = RunbookCatalog.ExplainCause(code)!.Rules.Select(r => r.Title);

        if (code == "missing-function")
        {
            titles = [Reported(Healthy.D(d => d with { MissingFunctions = ["worker_fail", "worker_finish"] }), "job-store-drift").Causes[0].Title];
        }

        titles.Should().Contain(t => t == topic.Title.Replace("ffmpeg or yt-dlp", "ffmpeg", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(DiagnosisCodesOfAll))]
    public void Diagnosis_Texts_AreExactlyThoseOfReports(string code)
    {
        var entry = DiagnosisEntries.Find(code)!;
        var reported = entry.Forms.Select(f => f.Example(Defaults)).Concat(entry.Causes.Select(c => c.Example(Defaults))).Select(s => Reported(s, code)).ToList();

        var explained = RunbookCatalog.ExplainDiagnosis(code)!;

        explained.NextChecks.Select(c => (c.Question, Text(c.Commands))).Should().BeEquivalentTo(reported.SelectMany(d => d.NextChecks).Select(c => (c.Question, Text(c.Commands))).Distinct());
        explained.Remediation.Select(s => (s.Horizon, s.Action, Text(s.Commands))).Should().BeEquivalentTo(reported.SelectMany(d => d.Remediation).Select(s => (s.Horizon, s.Action, Text(s.Commands))).Distinct());
        explained.Verification.Should().BeEquivalentTo(reported.SelectMany(d => d.Verification).Distinct());
        explained.Remediation.Select(s => s.Horizon).Should().BeInAscendingOrder();
        string.IsNullOrWhiteSpace(explained.Topic.Meaning).Should().BeFalse();
        Rules(explained).Should().NotContainAny("{", "}");
    }

    [Theory]
    [MemberData(nameof(DiagnosisCodesOfAll))]
    public void Diagnosis_Commands_NameNoExample(string code)
    {
        var explained = RunbookCatalog.ExplainDiagnosis(code)!;

        explained.NextChecks.SelectMany(c => c.Commands).Concat(explained.Remediation.SelectMany(s => s.Commands)).Select(c => c.Command).Should().OnlyContain(c => !ExampleInstance().IsMatch(c));
    }

    [Theory]
    [MemberData(nameof(DiagnosisCodesOfAll))]
    public void Diagnosis_Steps_SpeakOfItsOwnOrAnEmbracingCause(string code)
    {
        var explained = RunbookCatalog.ExplainDiagnosis(code)!;
        var spoken = explained.NextChecks.SelectMany(c => c.Decides).Concat(explained.Remediation.SelectMany(s => s.Removes)).Distinct();

        var embracing = RunbookCatalog.Causes.Select(c => RunbookCatalog.ExplainCause(c.Code)!).Where(c => c.Page == code || c.SeeAlso.Contains(code)).Select(c => c.Topic.Code);
        spoken.Except(explained.Causes.Select(c => c.Cause)).Should().BeSubsetOf(embracing);
    }

    [Theory]
    [MemberData(nameof(CauseCodesOfAll))]
    public void Cause_Page_SaysHowToCheckAndRemoveIt(string code)
    {
        var cause = RunbookCatalog.ExplainCause(code)!;
        var page = RunbookCatalog.ExplainDiagnosis(cause.Page)!;

        cause.NextChecks.Should().NotBeEmpty().And.OnlyContain(c => c.Decides.Contains(code));
        cause.Remediation.Should().NotBeEmpty().And.OnlyContain(s => s.Removes.Contains(code));
        page.NextChecks.Select(c => c.Question).Should().Contain(cause.NextChecks.Select(c => c.Question));
        page.Remediation.Select(s => s.Action).Should().Contain(cause.Remediation.Select(s => s.Action));
        cause.Verification.Should().Equal(page.Verification);
        cause.Topic.Diagnoses.Should().Equal(cause.Rules.Select(r => r.Diagnosis)).And.NotBeEmpty();
        cause.SeeAlso.Should().BeSubsetOf(RunbookCatalog.Diagnoses.Select(d => d.Code)).And.NotContain(cause.Page);
        string.IsNullOrWhiteSpace(cause.Topic.Meaning).Should().BeFalse();
    }

    [Fact]
    public void Cause_OfOneDatabaseStatus_HasTheStepsOfThatStatusAlone()
    {
        RunbookCatalog.ExplainCause("read-only")!.Remediation.Select(s => s.Action).Should().Equal(
            "Check whether this is a standby, or whether a full disk made the database read-only.",
            "Restart the workers once the database answers, if they do not recover by themselves.",
            "Let workers retry with back-off instead of failing, and alert on this check.");
        RunbookCatalog.ExplainCause("not-in-path")!.Remediation.Select(s => s.Action).Should().Equal(
            "Add the folder of /opt/bin/ffmpeg to the workers' PATH, and restart them.",
            "Run ffmpeg in the image's build, so that an image without it is never pushed.");
    }

    [Fact]
    public void Runbook_Anchors_LeadToHeadings()
    {
        var headings = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "worker-debugging.md"))
            .Where(l => l.StartsWith('#'))
            .Select(l => "worker-debugging.md#" + NotInSlug().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToList();

        RunbookCatalog.Diagnoses.Select(d => RunbookCatalog.ExplainDiagnosis(d.Code)!).Should().OnlyContain(d => d.Runbook.Count > 0 && d.Runbook.All(headings.Contains));
        RunbookCatalog.Causes.Select(c => RunbookCatalog.ExplainCause(c.Code)!.Runbook).Should().OnlyContain(r => headings.Contains(r));
    }

    [Fact]
    public void Explains_EachPair_IsWhatTheScenariosSay()
    {
        var pages = DiagnosisEntries.All.ToDictionary(
            e => e.Topic.Code,
            e => e.Forms.Select(f => f.Example(Defaults)).Concat(e.Causes.Select(c => c.Example(Defaults)))
                .Select(s => (Facts: new FleetFacts(s, Defaults), Page: Reported(s, e.Topic.Code)))
                .Where(p => p.Page.Severity != Severity.Info).ToList());
        foreach (var own in BuiltInScenarios.All)
        {
            var explained = BuiltInScenarios.All.Where(o => o != own).Select(o => o.Code).Where(other => pages[own.Code].Any(a => pages[other].Any(b => own.Explains(a.Page, b.Page, a.Facts) || own.Explains(a.Page, b.Page, b.Facts))));

            RunbookCatalog.ExplainDiagnosis(own.Code)!.Explains.Select(l => l.Code).Should().BeEquivalentTo(explained, own.Code);
        }
    }

    [Fact]
    public void ExplainedBy_EachLink_IsTheOtherEndOfOne()
    {
        var from = RunbookCatalog.Diagnoses.SelectMany(d => RunbookCatalog.ExplainDiagnosis(d.Code)!.Explains.Select(l => (d.Code, l.Code, l.When, l.Title)));
        var to = RunbookCatalog.Diagnoses.SelectMany(d => RunbookCatalog.ExplainDiagnosis(d.Code)!.ExplainedBy.Select(l => (l.Code, d.Code, l.When, d.Title)));

        to.Should().BeEquivalentTo(from).And.HaveCountGreaterThan(20);
    }

    [Theory]
    [MemberData(nameof(ThresholdNames))]
    public void Explain_ThresholdChanged_ChangesTheRulesThatNameIt(string name)
    {
        var changed = new DiagnosisThresholds();
        var property = typeof(DiagnosisThresholds).GetProperty(name)!;
        object value = property.GetValue(changed) switch
        {
            TimeSpan span => span + TimeSpan.FromSeconds(7),
            int number => number + 7,
            _ => 33.5,
        };
        property.SetValue(changed, value);

        var naming = RunbookCatalog.Diagnoses.Where(d => RunbookCatalog.ExplainDiagnosis(d.Code)!.Thresholds.Any(t => t.Name == name)).Select(d => d.Code);
        var differing = RunbookCatalog.Diagnoses.Where(d => Rules(RunbookCatalog.ExplainDiagnosis(d.Code)!) != Rules(RunbookCatalog.ExplainDiagnosis(d.Code, changed)!)).Select(d => d.Code).ToList();
        differing.Should().Equal(naming).And.NotBeEmpty();
        RunbookCatalog.ExplainDiagnosis(differing[0], changed)!.Thresholds.Single(t => t.Name == name).Should().Be(new ThresholdInForce(name, Written(value), Written(property.GetValue(new DiagnosisThresholds())!)));

        var causes = RunbookCatalog.Causes.Where(c => RunbookCatalog.ExplainCause(c.Code)!.Thresholds.Any(t => t.Name == name)).Select(c => c.Code);
        RunbookCatalog.Causes.Where(c => RulesOf(RunbookCatalog.ExplainCause(c.Code)!.Rules) != RulesOf(RunbookCatalog.ExplainCause(c.Code, changed)!.Rules)).Select(c => c.Code).Should().Equal(causes);
    }

    [Fact]
    public void Explain_AnyThresholds_GivesEveryPage() => ThresholdsInRange.Sample(
        thresholds =>
        {
            foreach (var entry in DiagnosisEntries.All)
            {
                RunbookCatalog.ExplainDiagnosis(entry.Topic.Code, thresholds)!.Forms.Select(f => f.Severity).Should().Equal(entry.Forms.Select(f => f.Severity));
            }

            RunbookCatalog.Causes.Select(c => RunbookCatalog.ExplainCause(c.Code, thresholds)!).Should().OnlyContain(c => c.Remediation.Count > 0);
        },
        iter: 100);

    [Fact]
    public void Explain_NoRoomForAForm_StillGivesItsPage()
    {
        var late = RunbookCatalog.ExplainDiagnosis("heartbeat-late", new DiagnosisThresholds { HeartbeatFresh = TimeSpan.FromMinutes(3), HeartbeatStale = TimeSpan.FromMinutes(3) })!;

        late.Forms.Should().ContainSingle().Which.When.Should().Be("There are workers, and the newest heartbeat is older than 3 min and not older than 3 min.");
        late.Verification.Should().Equal("The next diagnosis shows a heartbeat younger than 5 min.");
    }

    [Theory]
    [InlineData("no-such-code")]
    [InlineData("")]
    [InlineData("No-Workers-Running")]
    public void Explain_UnknownCode_IsNull(string code)
    {
        RunbookCatalog.ExplainDiagnosis(code).Should().BeNull();
        RunbookCatalog.ExplainCause(code).Should().BeNull();
    }

    [Fact]
    public void ReportJson_OfAPage_HoldsNothingOfTheCatalog()
    {
        var json = Encoding.UTF8.GetString(ReportJson.Write(Healthy.D(d => d with { Status = DatabaseStatus.Refused }).Classify()));

        json.Should().Contain("\"remediation\"").And.NotContain("removes").And.NotContain("decides");
    }

    [Theory]
    [InlineData(0L, "0 s")]
    [InlineData(10_000L, "1 ms")]
    [InlineData(15_000L, "1.5 ms")]
    [InlineData(950_000_000L, "1 min 35 s")]
    [InlineData(6_000_000_000L, "10 min")]
    [InlineData(937_840_050_000L, "1 d 2 h 3 min 4 s 5 ms")]
    public void Limits_Duration_IsExact(long ticks, string expected) => Limits.Of(TimeSpan.FromTicks(ticks)).Should().Be(expected);

    private static Gen<DiagnosisThresholds> ThresholdsInRange =>
        from counts in Gen.Int[1, int.MaxValue].Array[6]
        from percents in Gen.Double[1, 100].Array[5]
        from spans in Gen.Long[TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerDay].Array[8]
        select new DiagnosisThresholds
        {
            HeartbeatFresh = TimeSpan.FromTicks(Math.Min(spans[0], spans[1])),
            HeartbeatStale = TimeSpan.FromTicks(Math.Max(spans[0], spans[1])),
            ClaimGrace = TimeSpan.FromTicks(spans[2]),
            StartGrace = TimeSpan.FromTicks(spans[3]),
            BacklogJobs = counts[0],
            BacklogAge = TimeSpan.FromTicks(spans[4] * 30),
            Restarts = counts[1],
            FluctuationWindow = TimeSpan.FromTicks(spans[5]),
            DeadLetters = Math.Min(counts[2], counts[3]),
            DeadLettersLastHour = counts[4],
            DeadLettersCritical = Math.Max(counts[2], counts[3]),
            FailingJobs = counts[5],
            FailingJobsPercent = Math.Min(percents[0], percents[1]),
            FailingJobsCriticalPercent = Math.Max(percents[0], percents[1]),
            MemoryPercent = percents[2],
            CpuPercent = percents[3],
            IoWaitPercent = percents[4],
            ClockSkew = TimeSpan.FromTicks(spans[6]),
            EvidenceWindow = TimeSpan.FromTicks(spans[7]),
        };

    private static Diagnosis Reported(DiagnosticSnapshot snapshot, string code) => snapshot.Classify().Diagnoses.Single(d => d.Code == code);

    private static string Text(IReadOnlyList<RunbookCommand> commands) => string.Join('\n', commands.Select(c => $"{c.Platform} {c.Effect} {c.Command}"));

    private static string Rules(DiagnosisExplanation explanation) => string.Join('\n', [.. explanation.Forms.Select(f => f.When), explanation.LikelyWhen, RulesOf(explanation.Causes)]);

    private static string RulesOf(IEnumerable<CauseRule> rules) => string.Join('\n', rules.Select(r => $"{r.ConfirmedWhen}|{r.LikelyWhen}"));

    private static string Written(object value) => value is TimeSpan span ? span.ToString("c", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static IEnumerable<string> Constants(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!);

    [GeneratedRegex("[^\\p{L}\\p{N} _-]")]
    private static partial Regex NotInSlug();

    [GeneratedRegex("worker-[01]\\b|\\bTRANSCRIBE\\b")]
    private static partial Regex ExampleInstance();
}
