using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Docs.Tests.Examples;

/// <summary>Makes a compilation of an example.</summary>
internal static partial class ExampleCompilation
{
    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p))];

    /// <summary>A whole program after a project file, else a library with the statements in a method of a host.</summary>
    public static CSharpCompilation Compile(MarkdownBlock block, string? sdk = null) => CSharpCompilation.Create(
        "Example",
        Trees(block, sdk),
        References,
        new CSharpCompilationOptions(sdk is null ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A program follows its project file; everything else has none.</summary>
    public static string? SdkBefore(IReadOnlyList<MarkdownBlock> blocks, int index) =>
        index > 0 && blocks[index - 1].Language == "xml" && Sdk().Match(blocks[index - 1].Code) is { Success: true } project ? project.Groups["name"].Value : null;

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
