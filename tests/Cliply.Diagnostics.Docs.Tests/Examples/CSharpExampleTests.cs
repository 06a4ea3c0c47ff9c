using System.Globalization;
using System.Reflection;
using Cliply.Diagnostics.Collection;
using Microsoft.AspNetCore.Builder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Docs.Tests.Examples;

/// <summary>Every example in C# compiles: whole programs as they are, statements in a method of a host.</summary>
public sealed class CSharpExampleTests
{
    public static TheoryData<string> PagesWithCode => [.. Repository.PagesWithExamples.Where(p => p.Blocks.Any(b => b.Language == "csharp")).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public void Every_example_compiles(string page)
    {
        var blocks = Repository.Pages.Single(p => p.Name == page).Blocks;

        var errors = blocks.Index().Where(b => b.Item.Language == "csharp").SelectMany(b => Errors(b.Item, ExampleCompilation.SdkBefore(blocks, b.Index)));

        errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Every_registration_can_be_resolved()
    {
        var blocks = Repository.PagesWithExamples.Where(p => !p.Name.StartsWith("docs/analyzers/", StringComparison.Ordinal)).SelectMany(p => p.Blocks).Where(b => b.Language == "csharp" && IsRegistration(b)).ToList();

        blocks.Select(b => b.File.Name).Should().Contain(["README.md", "docs/own-scenario.md", "docs/notifications.md"]);
        foreach (var block in blocks)
        {
            var builder = WebApplication.CreateBuilder();
            builder.Configuration["ALERT_WEBHOOK"] = "https://alerts.example/hook";
            await RunAsync(block, builder);
            await using var provider = builder.Services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

            if (builder.Services.Any(d => d.ServiceType == typeof(IFleetDiagnostics)))
            {
                provider.GetRequiredService<IFleetDiagnostics>().Should().NotBeNull(block.ToString());
            }
        }
    }

    [Fact]
    public void Examples_are_found() =>
        PagesWithCode.Select(p => p.Data).Should().Contain(["README.md", "docs/getting-started.md", "docs/own-scenario.md"]);

    [Fact]
    public void An_example_that_does_not_compile_is_told_with_its_place()
    {
        var block = new MarkdownBlock(new MarkdownFile("docs/x.md", "", []), "csharp", 7, "// A typing error.\nbuilder.Services.AddCliplyHealthCheck();");

        Errors(block, null).Should().ContainSingle().Which.Should().StartWith("docs/x.md(8").And.Contain("'AddCliplyHealthCheck'");
    }

    /// <summary>Whether it does nothing but add services to the host.</summary>
    private static bool IsRegistration(MarkdownBlock block)
    {
        var statements = CSharpSyntaxTree.ParseText(block.Code).GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().ToList();
        return statements.Count > 0 && statements.All(s => s.ToString().StartsWith("builder.Services", StringComparison.Ordinal));
    }

    private static async Task RunAsync(MarkdownBlock block, WebApplicationBuilder builder)
    {
        using var assembly = new MemoryStream();
        ExampleCompilation.Compile(block).Emit(assembly).Success.Should().BeTrue($"{block} compiles");
        var type = Assembly.Load(assembly.ToArray()).GetType("Example", throwOnError: true)!;
        var example = Activator.CreateInstance(type)!;
        type.BaseType!.GetField(nameof(builder), BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(example, builder);
        await (Task)type.GetMethod("RunAsync")!.Invoke(example, null)!;
    }

    private static IEnumerable<string> Errors(MarkdownBlock block, string? sdk) =>
        ExampleCompilation.Compile(block, sdk).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{Place(d)} {d.GetMessage(CultureInfo.InvariantCulture)}");

    private static string Place(Diagnostic diagnostic)
    {
        var span = diagnostic.Location.GetMappedLineSpan();
        return FormattableString.Invariant($"{span.Path}({span.StartLinePosition.Line + 1}): {diagnostic.Id}");
    }
}
