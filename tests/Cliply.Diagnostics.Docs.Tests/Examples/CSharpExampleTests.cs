using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Collection;
using Microsoft.AspNetCore.Builder;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Docs.Tests.Examples;

/// <summary>Every example in C# compiles: whole programs as they are, statements in a method of a host.</summary>
public sealed partial class CSharpExampleTests
{
    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p))];

    public static TheoryData<string> PagesWithCode => [.. Repository.PagesWithExamples.Where(p => p.Blocks.Any(b => b.Language == "csharp")).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public void Every_example_compiles(string page)
    {
        var blocks = Repository.Pages.Single(p => p.Name == page).Blocks;

        var errors = blocks.Index().Where(b => b.Item.Language == "csharp").SelectMany(b => Errors(b.Item, SdkBefore(blocks, b.Index)));

        errors.Should().BeEmpty();
    }

    [Fact]
    public async Task Every_registration_can_be_resolved()
    {
        var blocks = Repository.PagesWithExamples.SelectMany(p => p.Blocks).Where(b => b.Language == "csharp" && IsRegistration(b)).ToList();

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

    /// <summary>A program follows its project file; everything else has none.</summary>
    private static string? SdkBefore(IReadOnlyList<MarkdownBlock> blocks, int index) =>
        index > 0 && blocks[index - 1].Language == "xml" && Sdk().Match(blocks[index - 1].Code) is { Success: true } project ? project.Groups["name"].Value : null;

    private static CSharpCompilation Compile(MarkdownBlock block, string? sdk) => CSharpCompilation.Create(
        "Example",
        Trees(block, sdk),
        References,
        new CSharpCompilationOptions(sdk is null ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Whether it does nothing but add services to the host.</summary>
    private static bool IsRegistration(MarkdownBlock block)
    {
        var statements = CSharpSyntaxTree.ParseText(block.Code).GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().ToList();
        return statements.Count > 0 && statements.All(s => s.ToString().StartsWith("builder.Services", StringComparison.Ordinal));
    }

    private static async Task RunAsync(MarkdownBlock block, WebApplicationBuilder builder)
    {
        using var assembly = new MemoryStream();
        Compile(block, null).Emit(assembly).Success.Should().BeTrue($"{block} compiles");
        var type = Assembly.Load(assembly.ToArray()).GetType("Example", throwOnError: true)!;
        var example = Activator.CreateInstance(type)!;
        type.BaseType!.GetField(nameof(builder), BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(example, builder);
        await (Task)type.GetMethod("RunAsync")!.Invoke(example, null)!;
    }

    private static IEnumerable<string> Errors(MarkdownBlock block, string? sdk) =>
        Compile(block, sdk).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{Place(d)} {d.GetMessage(CultureInfo.InvariantCulture)}");

    private static string Place(Diagnostic diagnostic)
    {
        var span = diagnostic.Location.GetMappedLineSpan();
        return FormattableString.Invariant($"{span.Path}({span.StartLinePosition.Line + 1}): {diagnostic.Id}");
    }

    private static List<SyntaxTree> Trees(MarkdownBlock block, string? sdk)
    {
        string[] usings = sdk switch
        {
            "Microsoft.NET.Sdk" => ExampleContext.ConsoleUsings,
            "Microsoft.NET.Sdk.Worker" => [.. ExampleContext.ConsoleUsings, .. ExampleContext.WorkerUsings],
            "Microsoft.NET.Sdk.Web" => [.. ExampleContext.ConsoleUsings, .. ExampleContext.WorkerUsings, .. ExampleContext.WebUsings],
            null => [.. ExampleContext.ConsoleUsings, .. ExampleContext.WorkerUsings, .. ExampleContext.WebUsings, .. ExampleContext.LibraryUsings],
            _ => throw new InvalidOperationException($"{block}: the SDK {sdk} has no list of its usings. Add one."),
        };
        var trees = new List<SyntaxTree> { Parse(string.Concat(usings.Select(u => $"global using {u};\n"))) };
        if (sdk is not null)
        {
            trees.Add(Parse(Numbered(block, block.Code, 0)));
            return trees;
        }

        trees.Add(Parse(ExampleContext.Prelude));
        trees.Add(Parse(InAHost(block)));
        return trees;
    }

    /// <summary>Usings to the front, statements into a method, types behind it, each with the lines that it has on the page.</summary>
    private static string InAHost(MarkdownBlock block)
    {
        var root = CSharpSyntaxTree.ParseText(block.Code).GetCompilationUnitRoot();
        var statements = root.Members.OfType<GlobalStatementSyntax>().ToList();
        var text = new StringBuilder();
        foreach (var directive in root.Usings)
        {
            text.Append(Part(block, directive));
        }

        text.Append("\ninternal sealed class Example : ExampleHost\n{\n    public async Task RunAsync()\n    {\n");
        foreach (var statement in statements)
        {
            text.Append(Part(block, statement));
        }

        text.Append("\n    }\n}\n");
        foreach (var type in root.Members.Where(m => m is not GlobalStatementSyntax))
        {
            text.Append(Part(block, type));
        }

        return text.ToString();
    }

    private static string Part(MarkdownBlock block, SyntaxNode node) =>
        Numbered(block, node.ToFullString(), node.SyntaxTree.GetLineSpan(node.FullSpan).StartLinePosition.Line);

    private static string Numbered(MarkdownBlock block, string code, int line) =>
        FormattableString.Invariant($"\n#line {block.Line + line} \"{block.File.Name}\"\n{code}\n");

    private static SyntaxTree Parse(string code) => CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest));

    [GeneratedRegex("<Project Sdk=\"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Sdk();
}
