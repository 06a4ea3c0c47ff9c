using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;
using static Cliply.Diagnostics.Tests.Snapshots;

namespace Cliply.Diagnostics.Tests.Classification;

/// <summary>Scenarios of the host's own.</summary>
public sealed class HostScenarioTests
{
    [Fact]
    public void Classify_HostScenario_TakesPartInOrderSymptomsAndStatus()
    {
        var report = Classify(new HostScenario("license-expired", Severity.Critical) { ExplainsCode = "queue-backlog" });

        report.Status.Should().Be(FleetStatus.Unhealthy);
        report.Diagnoses.Select(d => $"{d.Code} [{string.Join(",", d.SymptomOf)}]").Should().Equal("license-expired []", "dead-letter-spike []", "queue-backlog [license-expired]");
    }

    [Fact]
    public void Classify_RootThatExplainsThroughAnother_TakesTheWorstSeverityBelow() =>
        new DiagnosisClassifier(null,
        [
            new HostScenario("one", Severity.Warning) { ExplainsCode = "two" },
            new HostScenario("two", Severity.Warning) { ExplainsCode = "three" },
            new HostScenario("three", Severity.Critical),
        ]).Classify(Healthy.Q(q => q with { DeadLetter = 30 })).Diagnoses.Select(d => d.Code).Should().Equal("one", "dead-letter-spike", "three", "two");

    [Fact]
    public void Classify_ScenariosExplainEachOther_AreAllSymptomsAndNothingHangs() =>
        new DiagnosisClassifier(null,
        [
            new HostScenario("one", Severity.Warning) { ExplainsCode = "two" },
            new HostScenario("two", Severity.Critical) { ExplainsCode = "one" },
        ]).Classify(Healthy).Diagnoses.Select(d => d.Code).Should().Equal("two", "one");

    [Fact]
    public void Classify_HostInfo_ExplainsNothingAndChangesNoStatus()
    {
        var report = Classify(new HostScenario("license-expires-soon", Severity.Info) { ExplainsCode = "queue-backlog" });

        report.Status.Should().Be(FleetStatus.Degraded);
        report.Diagnoses.Select(d => $"{d.Code} [{string.Join(",", d.SymptomOf)}]").Should().Equal("dead-letter-spike []", "queue-backlog []", "license-expires-soon []");
    }

    [Fact]
    public void Classify_HostScenarioThrows_IsListedInTheUnknownsAndTheRestStands()
    {
        var report = Classify(new HostScenario("broken", Severity.Critical) { Throws = true });

        report.Diagnoses.Select(d => d.Code).Should().Equal("dead-letter-spike", "queue-backlog");
        report.Unknowns[^1].Should().BeEquivalentTo(new UnknownEvidence("scenario:broken", "the host's scenario threw InvalidTimeZoneException", ["broken"]));
    }

    [Fact]
    public void Classify_HostScenarioThrowsWhenAskedWhatItExplains_IsListedOnce()
    {
        var report = Classify(new HostScenario("broken", Severity.Critical) { ThrowsInExplains = true });

        report.Diagnoses.Select(d => d.Code).Should().Equal("broken", "dead-letter-spike", "queue-backlog");
        report.Unknowns.Where(u => u.Section == "scenario:broken").Should().ContainSingle().Which.Reason.Should().Be("the host's scenario threw InvalidTimeZoneException when asked what explains what");
    }

    [Fact]
    public void Classify_HostScenarioAnswersWithAnotherCode_IsListedInTheUnknowns() =>
        Classify(new HostScenario("one", Severity.Critical) { AnswersAs = "another" }).Unknowns[^1].Reason.Should().Be("the host's scenario returned a diagnosis with the code 'another'");

    [Theory]
    [InlineData("workers-stuck", "The scenario 'workers-stuck' is there twice. Give each scenario a code of its own. (Parameter 'additional')")]
    [InlineData("Disk Full", "The scenario code 'Disk Full' is not made of lower-case words joined by hyphens. Rename it, as in 'disk-almost-full'. (Parameter 'additional')")]
    [InlineData("", "The scenario code '' is not made of lower-case words joined by hyphens. Rename it, as in 'disk-almost-full'. (Parameter 'additional')")]
    [InlineData("-disk", "The scenario code '-disk' is not made of lower-case words joined by hyphens. Rename it, as in 'disk-almost-full'. (Parameter 'additional')")]
    public void Constructor_BadCode_SaysWhatToChange(string code, string message) =>
        FluentActions.Invoking(() => new DiagnosisClassifier(null, [new HostScenario(code, Severity.Info)])).Should().Throw<ArgumentException>().WithMessage(message);

    private static DiagnosticReport Classify(IScenario scenario) =>
        new DiagnosisClassifier(null, [scenario]).Classify(Healthy.Q(q => q with { Runnable = 500, DeadLetter = 30 }));

    private sealed class HostScenario(string code, Severity severity) : IScenario
    {
        public string? ExplainsCode { get; init; }

        public string? AnswersAs { get; init; }

        public bool Throws { get; init; }

        public bool ThrowsInExplains { get; init; }

        public string Code => code;

        public Diagnosis? Diagnose(FleetFacts facts) => Throws
            ? throw new InvalidTimeZoneException("secret")
            : new Diagnosis { Code = AnswersAs ?? code, Title = "Host's own", Severity = severity, Summary = $"{facts.FreeWorkers} free.", Runbook = "own.md#own" };

        public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => ThrowsInExplains ? throw new InvalidTimeZoneException("secret") : other.Code == ExplainsCode;
    }
}
