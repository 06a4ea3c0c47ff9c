using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Cliply.Diagnostics.Analyzers.HealthChecks;
using Cliply.Diagnostics.Docs.Tests.Examples;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Docs.Tests.Analyzers;

/// <summary>The pages on the analyzers show what is reported and what is not, and no other example of the documentation is reported.</summary>
public sealed class AnalyzerExampleTests
{
    private const string Main = "internal static class Program { private static System.Threading.Tasks.Task Main() => new Example().RunAsync(); }";

    private static readonly ImmutableArray<DiagnosticAnalyzer> Rules =
        [.. typeof(LivenessEndpointAnalyzer).Assembly.GetTypes().Where(t => t.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null).Select(t => (DiagnosticAnalyzer)Activator.CreateInstance(t)!)];

    public static TheoryData<string> Ids => [.. Rules.Select(r => r.SupportedDiagnostics.Single().Id).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Page_shows_what_the_rule_reports_and_what_it_does_not(string id)
    {
        var page = Repository.Pages.Single(p => p.Name == $"docs/analyzers/{id}.md");
        // That nobody asks can be said of a program only, and would be said of every example.
        var isProgram = id == "CLIPLY002";
        var instead = page.Lines.Index().Single(l => l.Item == "## Instead").Index;
        var blocks = page.Blocks.Where(b => b.Language == "csharp").ToLookup(b => b.Line > instead);

        (await ReportsAsync(blocks[false].Single(), isProgram)).Should().NotBeEmpty().And.OnlyContain(r => r.Contains($": {id} ", StringComparison.Ordinal));
        blocks[true].Should().NotBeEmpty();
        foreach (var block in blocks[true])
        {
            (await ReportsAsync(block, isProgram)).Should().BeEmpty(block.ToString());
        }
    }

    [Fact]
    public void Index_lists_each_rule_by_its_title() =>
        Repository.Pages.Single(p => p.Name == "docs/analyzers/README.md").Lines.Where(l => l.StartsWith("| [CLIPLY", StringComparison.Ordinal)).Select(l => l.Split('|')[1].Trim() + " " + l.Split('|')[2].Trim())
            .Should().Equal(Rules.Select(r => r.SupportedDiagnostics.Single()).OrderBy(r => r.Id, StringComparer.Ordinal).Select(r => $"[{r.Id}]({r.Id}.md) {r.Title}"));

    [Fact]
    public async Task No_other_example_is_reported()
    {
        var reports = new List<string>();
        foreach (var page in Repository.PagesWithExamples.Where(p => !p.Name.StartsWith("docs/analyzers/", StringComparison.Ordinal)))
        {
            foreach (var (index, block) in page.Blocks.Index().Where(b => b.Item.Language == "csharp"))
            {
                reports.AddRange(await ReportsAsync(block, isProgram: false, ExampleCompilation.SdkBefore(page.Blocks, index)));
            }
        }

        reports.Should().BeEmpty();
    }

    private static async Task<List<string>> ReportsAsync(MarkdownBlock block, bool isProgram, string? sdk = null)
    {
        var compilation = ExampleCompilation.Compile(block, sdk);
        if (isProgram)
        {
            compilation = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Main, (CSharpParseOptions)compilation.SyntaxTrees[0].Options)).WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication));
        }

        compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        return [.. (await compilation.WithAnalyzers(Rules).GetAnalyzerDiagnosticsAsync()).Select(d => $"{block}: {d.Id} {d.GetMessage(CultureInfo.InvariantCulture)}")];
    }
}
