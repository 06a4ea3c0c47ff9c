using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.HealthChecks;

/// <summary>CLIPLY002: a program that adds the health checks, and in which nothing asks for them.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnusedHealthChecksAnalyzer : DiagnosticAnalyzer
{
    private const string HealthChecksAssembly = "Microsoft.Extensions.Diagnostics.HealthChecks";

    /// <summary>Types and members that ask for the checks or for the diagnosis behind them, and what tests are marked with: nobody watches those.</summary>
    private static readonly HashSet<string> Uses =
    [
        "MapHealthChecks", "UseHealthChecks", "MapCliplyProbes", "MapCliplyDiagnostics", "MapCliplyMetrics", "AddWebhook", "AddTelemetryHealthCheckPublisher", "HealthCheckService", "HealthCheckServiceOptions", "IHealthCheckPublisher", "IFleetDiagnostics",
        "Fact", "Theory", "Test", "TestMethod",
    ];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.UnusedHealthChecks);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            // A library's callers may ask for what it adds.
            if (Library.IsUsedBy(start.Compilation) && start.Compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication)
            {
                var isUsed = new Lazy<bool>(() => IsUsed(start.Compilation, start.CancellationToken));
                start.RegisterSyntaxNodeAction(c => Look(c, isUsed), SyntaxKind.InvocationExpression);
            }
        });
    }

    private static void Look(SyntaxNodeAnalysisContext context, Lazy<bool> isUsed)
    {
        var node = (InvocationExpressionSyntax)context.Node;
        if (node.Name() == RegisteredCheck.AddCliplyHealthChecks && !isUsed.Value && Library.Declares(context.SemanticModel.GetSymbolInfo(node, context.CancellationToken).Symbol))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.UnusedHealthChecks, node.NameLocation()));
        }
    }

    private static bool IsUsed(Compilation compilation, CancellationToken cancellationToken)
    {
        var uses = new HashSet<string>(Uses.Concat(UsesOfOthers(compilation)));
        foreach (var token in compilation.SyntaxTrees.SelectMany(t => t.GetRoot(cancellationToken).DescendantTokens()))
        {
            // The name of the meter stands for a program that exports the metrics.
            if (token.IsKind(SyntaxKind.IdentifierToken) ? uses.Contains(token.ValueText) : token.IsKind(SyntaxKind.StringLiteralToken) && IsMeter(token.ValueText))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>OpenTelemetry takes names that end with an asterisk.</summary>
    private static bool IsMeter(string text) => text == "Cliply.Diagnostics" || text.EndsWith("*", StringComparison.Ordinal) && "Cliply.Diagnostics".StartsWith(text.TrimEnd('*'), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// What of other assemblies may ask: methods of those with health checks in their own references, such as a project of shared
    /// defaults that maps the endpoints, and types of those that reference this library. A method that only adds a check does not ask.
    /// </summary>
    private static IEnumerable<string> UsesOfOthers(Compilation compilation)
    {
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (!IsFrameworkOrLibrary(assembly) && assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => Library.IsName(r.Name))))
            {
                foreach (var type in Library.Types(assembly.GlobalNamespace).Where(t => t.DeclaredAccessibility == Accessibility.Public))
                {
                    yield return type.Name;
                }
            }

            if (!IsFrameworkOrLibrary(assembly) && assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name.StartsWith(HealthChecksAssembly, StringComparison.Ordinal))))
            {
                foreach (var method in Library.Types(assembly.GlobalNamespace).Where(t => t is { IsStatic: true, DeclaredAccessibility: Accessibility.Public }).SelectMany(t => t.GetMembers()).OfType<IMethodSymbol>())
                {
                    if (method.Parameters.FirstOrDefault()?.Type.Name != "IHealthChecksBuilder" || !method.Name.StartsWith("Add", StringComparison.Ordinal) || method.Name.EndsWith("Publisher", StringComparison.Ordinal))
                    {
                        yield return method.Name;
                    }
                }
            }
        }
    }

    private static bool IsFrameworkOrLibrary(IAssemblySymbol assembly) =>
        assembly.Name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || assembly.Name.StartsWith(HealthChecksAssembly, StringComparison.Ordinal) || Library.IsName(assembly.Name);
}
