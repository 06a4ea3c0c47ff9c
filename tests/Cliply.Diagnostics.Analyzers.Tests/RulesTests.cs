using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Cliply.Diagnostics.Analyzers.HealthChecks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.Tests;

/// <summary>What holds for every rule.</summary>
public sealed class RulesTests
{
    internal static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    internal static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
        [.. typeof(LivenessEndpointAnalyzer).Assembly.GetTypes().Where(t => t.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null).Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!).OrderBy(a => Rule(a).Id, StringComparer.Ordinal)];

    public static TheoryData<string> Ids => [.. Analyzers.Select(a => Rule(a).Id)];

    [Fact]
    public void Ids_AreCountedUpWithoutGap() =>
        Analyzers.Select(a => Rule(a).Id).Should().Equal("CLIPLY001", "CLIPLY002", "CLIPLY003", "CLIPLY004", "CLIPLY005", "CLIPLY006", "CLIPLY007", "CLIPLY008");

    [Theory]
    [MemberData(nameof(Ids))]
    public void Rule_IsAWarningThatSaysWhy_AndItsHelpLinkIsAPageThatIsThere(string id)
    {
        var rule = Rule(Analyzers.Single(a => Rule(a).Id == id));

        rule.DefaultSeverity.Should().Be(DiagnosticSeverity.Warning);
        rule.IsEnabledByDefault.Should().BeTrue();
        rule.Description.ToString(CultureInfo.InvariantCulture).Should().EndWith(".");
        rule.HelpLinkUri.Should().Be($"https://github.com/cliply/Cliply.Diagnostics/blob/main/docs/analyzers/{id}.md");
        File.ReadAllLines(Path.Combine(Root, "docs", "analyzers", $"{id}.md"))[0].Should().Be($"# {id}: {rule.Title.ToString(CultureInfo.InvariantCulture)}");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Rule_IsTrackedByItsRelease(string id)
    {
        var rule = Rule(Analyzers.Single(a => Rule(a).Id == id));

        File.ReadAllLines(Path.Combine(Root, "src", "Cliply.Diagnostics.Analyzers", "AnalyzerReleases.Unshipped.md")).Should().ContainSingle(l => l == $"{id} | {rule.Category} | Warning | {rule.Title.ToString(CultureInfo.InvariantCulture)}");
    }

    [Fact]
    public void Fixes_AreThoseThatAreSafe() =>
        typeof(LivenessEndpointFix).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(CodeFixProvider))).Select(t => (CodeFixProvider)Activator.CreateInstance(t)!).SelectMany(f => f.FixableDiagnosticIds)
            .Should().BeEquivalentTo("CLIPLY001", "CLIPLY007", "CLIPLY008");

    private static DiagnosticDescriptor Rule(DiagnosticAnalyzer analyzer) => analyzer.SupportedDiagnostics.Single();
}
