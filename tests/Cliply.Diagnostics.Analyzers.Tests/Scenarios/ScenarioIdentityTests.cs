using Cliply.Diagnostics.Analyzers.Scenarios;

namespace Cliply.Diagnostics.Analyzers.Tests.Scenarios;

public sealed class ScenarioIdentityTests
{
    private const string Runbook = "Runbook = \"our-runbook.md#waits\",";

    [Theory]
    [InlineData("=> {|#0:\"TranscriptionWaits\"|};", "TranscriptionWaits")]
    [InlineData("=> {|#0:\"transcription_waits\"|};", "transcription_waits")]
    [InlineData("{ get; } = {|#0:\"transcription waits\"|};", "transcription waits")]
    [InlineData("{ get { return {|#0:\"-waits\"|}; } }", "-waits")]
    [InlineData("=> {|#0:\"waits-\" + \"Long\"|};", "waits-Long")]
    [InlineData("=> {|#0:\"\"|};", "")]
    public Task CodeThatIsNone_IsReported(string code, string text) =>
        Source.ReportsAsync<ScenarioIdentityAnalyzer>(Scenario(code, Runbook), $"The code '{text}' of 'WaitsScenario' can't be used; write lower-case words joined by hyphens, such as 'transcription-waits'");

    [Theory]
    [InlineData("\"queue-backlog\"")]
    [InlineData("DiagnosisCodes.QueueBacklog")]
    public Task BuiltInCode_IsReported(string code) =>
        Source.ReportsAsync<ScenarioIdentityAnalyzer>(
            Scenario($"=> {{|#0:{code}|}};", Runbook),
            "The code 'queue-backlog' of 'WaitsScenario' is a built-in scenario's; choose another, since alerts and silences name a diagnosis by it");

    [Fact]
    public Task NoRunbook_IsReported() =>
        Source.ReportsAsync<ScenarioIdentityAnalyzer>(
            Scenario("=> \"waits\";", "", "{|#0:new|}"),
            "The diagnosis of 'WaitsScenario' has no runbook link; set Runbook to the page that says what to do");

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    public Task EmptyRunbook_IsReported(string runbook) =>
        Source.ReportsAsync<ScenarioIdentityAnalyzer>(
            Scenario("=> \"waits\";", $"Runbook = {{|#0:{runbook}|}},"),
            "The diagnosis of 'WaitsScenario' has no runbook link; set Runbook to the page that says what to do");

    [Theory]
    [InlineData("=> \"waits\";", Runbook)]
    [InlineData("=> \"waits-2-long\";", "Runbook = Environment.NewLine,")]
    [InlineData("{ get; } = Guid.Empty.ToString();", Runbook)]
    public Task UsableOrNotKnown_IsFine(string code, string runbook) => Source.IsFineAsync<ScenarioIdentityAnalyzer>(Scenario(code, runbook));

    [Fact]
    public Task RunbookGivenLater_IsFine() =>
        Source.IsFineAsync<ScenarioIdentityAnalyzer>(Scenario("=> \"waits\";", "").Replace("return found;", "return found with { Runbook = \"our-runbook.md\" };", StringComparison.Ordinal));

    [Theory]
    [InlineData("return Pages.Link(new Diagnosis { Code = Code, Title = \"Waits\", Severity = Severity.Info, Summary = \"Jobs wait.\" });")]
    [InlineData("return new Diagnosis { Code = Code, Title = \"Waits\", Severity = Severity.Info, Summary = \"Jobs wait.\" }.Linked();")]
    public Task RunbookGivenByWhatItIsPassedTo_IsFine(string statement) =>
        Source.IsFineAsync<ScenarioIdentityAnalyzer>(Scenario("=> \"waits\";", Runbook).Replace("return found;", statement, StringComparison.Ordinal) + """

            internal static class Pages
            {
                public static Diagnosis Link(Diagnosis diagnosis) => diagnosis with { Runbook = "our-runbook.md" };

                public static Diagnosis Linked(this Diagnosis diagnosis) => Link(diagnosis);
            }
            """);

    [Fact]
    public Task RunbookGivenByABaseClassOrAnotherPart_IsFine() =>
        Source.IsFineAsync<ScenarioIdentityAnalyzer>("""
            using Cliply.Diagnostics.Classification;
            using Cliply.Diagnostics.Reports;
            using Cliply.Diagnostics.Scenarios;

            public abstract class OwnScenario : IScenario
            {
                public abstract string Code { get; }

                public Diagnosis? Diagnose(FleetFacts facts) => Find(facts) is { } found ? found with { Runbook = $"our-runbook.md#{Code}" } : null;

                protected abstract Diagnosis? Find(FleetFacts facts);
            }

            public sealed class WaitsScenario : OwnScenario
            {
                public override string Code => "waits";

                protected override Diagnosis? Find(FleetFacts facts) => new() { Code = Code, Title = "Waits", Severity = Severity.Info, Summary = "Jobs wait." };
            }

            public sealed partial class StopsScenario : IScenario
            {
                public string Code => "stops";

                private static Diagnosis Found => new() { Code = "stops", Title = "Stops", Severity = Severity.Info, Summary = "Jobs stop." };
            }

            public sealed partial class StopsScenario
            {
                public Diagnosis? Diagnose(FleetFacts facts) => Found with { Runbook = "our-runbook.md#stops" };
            }
            """);

    [Fact]
    public Task CodeByExplicitImplementation_IsReported_AndOnlyThat() =>
        Source.ReportsAsync<ScenarioIdentityAnalyzer>(
            Scenario("=> \"A name for people\"; string IScenario.Code => {|#0:\"Waits\"|};", Runbook),
            "The code 'Waits' of 'WaitsScenario' can't be used; write lower-case words joined by hyphens, such as 'transcription-waits'");

    [Fact]
    public Task CodeOfADerivedClass_IsReported() =>
        Source.ReportsAsync<ScenarioIdentityAnalyzer>(
            """
            using Cliply.Diagnostics.Classification;
            using Cliply.Diagnostics.Reports;
            using Cliply.Diagnostics.Scenarios;

            public abstract class OwnScenario : IScenario
            {
                public abstract string Code { get; }

                public Diagnosis? Diagnose(FleetFacts facts) => null;
            }

            public sealed class WaitsScenario : OwnScenario
            {
                public override string Code => {|#0:"Waits"|};
            }
            """,
            "The code 'Waits' of 'WaitsScenario' can't be used; write lower-case words joined by hyphens, such as 'transcription-waits'");

    [Fact]
    public Task OtherTypes_AreFine() =>
        Source.IsFineAsync<ScenarioIdentityAnalyzer>("""
            using Cliply.Diagnostics.Reports;

            internal sealed class Unrelated
            {
                public string Code => "Not A Scenario";

                public Diagnosis Example => new() { Code = "waits", Title = "Waits", Severity = Severity.Info, Summary = "Waits." };
            }
            """);

    private static string Scenario(string code, string runbook, string @new = "new") => $$"""
        using Cliply.Diagnostics.Classification;
        using Cliply.Diagnostics.Reports;
        using Cliply.Diagnostics.Scenarios;

        internal sealed class WaitsScenario : IScenario
        {
            public string Code {{code}}

            public Diagnosis? Diagnose(FleetFacts facts)
            {
                var found = {{@new}} Diagnosis
                {
                    Code = Code,
                    Title = "Nobody transcribes",
                    Severity = Severity.Warning,
                    Summary = "Jobs wait.",
                    {{runbook}}
                };
                return found;
            }
        }
        """;
}
