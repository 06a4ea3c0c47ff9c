using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Cliply.Diagnostics.Analyzers.Tests;

/// <summary>
/// Source with marks, <c>{|#0:...|}</c>, where a rule reports, compiled against the library itself and ASP.NET Core. Begins with the
/// usings of a web project.
/// </summary>
internal static partial class Source
{
    /// <summary>Those of a web project.</summary>
    public const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        """;

    /// <summary>The library, ASP.NET Core and what the tests themselves use.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(f => !Path.GetFileName(f).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && !Path.GetFileName(f).Contains("Analyzers", StringComparison.Ordinal))
            .Select(f => MetadataReference.CreateFromFile(f)),
    ];

    /// <summary>The rule reports at each mark, in order, and nowhere else.</summary>
    /// <param name="source">A whole program: top-level statements, or a library's types where there are none.</param>
    /// <param name="messages">One for each mark.</param>
    public static Task ReportsAsync<TAnalyzer>(string source, params string[] messages)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        RunAsync(new CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>(), new TAnalyzer(), source, messages);

    /// <summary>The rule reports nothing.</summary>
    public static Task IsFineAsync<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        ReportsAsync<TAnalyzer>(source);

    /// <summary>The rule reports at the marks, and its fix makes the other source of it; the same one where no fix is offered.</summary>
    public static Task IsFixedAsync<TAnalyzer, TFix>(string source, string fixedSource, params string[] messages)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var test = new CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier> { FixedCode = fixedSource };
        test.FixedState.Sources.Add(("Usings.cs", Usings));
        if (source == fixedSource)
        {
            Expect(test.FixedState, new TAnalyzer(), messages);
            test.NumberOfFixAllIterations = 0;
        }

        return RunAsync(test, new TAnalyzer(), source, messages);
    }

    private static Task RunAsync(AnalyzerTest<DefaultVerifier> test, DiagnosticAnalyzer analyzer, string source, string[] messages)
    {
        Mark().Matches(source).Should().HaveCount(messages.Length, "each message has its mark");
        test.TestCode = source;
        test.TestState.Sources.Add(("Usings.cs", Usings));
        test.ReferenceAssemblies = new ReferenceAssemblies("net10.0");
        test.TestState.AdditionalReferences.AddRange(References);
        test.TestState.OutputKind = IsProgram(source) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        Expect(test.TestState, analyzer, messages);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static bool IsProgram(string source) => CSharpSyntaxTree.ParseText(Mark().Replace(source, "").Replace("|}", "", StringComparison.Ordinal)).GetCompilationUnitRoot().Members.Any(m => m is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax);

    private static void Expect(SolutionState state, DiagnosticAnalyzer analyzer, string[] messages) =>
        state.ExpectedDiagnostics.AddRange(messages.Select((m, i) => new DiagnosticResult(analyzer.SupportedDiagnostics.Single()).WithLocation(i).WithMessage(m)));

    [GeneratedRegex(@"\{\|#\d+:")]
    private static partial Regex Mark();
}
