using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Cliply.Diagnostics.Analyzers.HealthChecks;

/// <summary>
/// CLIPLY001: an endpoint by a liveness probe's name that runs the library's checks or one that reads a database, and any endpoint
/// without a predicate in a project that adds the library's checks.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LivenessEndpointAnalyzer : DiagnosticAnalyzer
{
    private static readonly char[] Separators = ['/', '-', '_', '.'];

    private static readonly HashSet<string> LivenessWords = new(["live", "livez", "liveness", "alive"], StringComparer.OrdinalIgnoreCase);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.LivenessEndpoint);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (Library.IsUsedBy(start.Compilation))
            {
                var checks = new Lazy<IReadOnlyList<RegisteredCheck>>(() => RegisteredCheck.Find(start.Compilation, start.CancellationToken));
                start.RegisterSyntaxNodeAction(c => Look(c, checks), SyntaxKind.InvocationExpression);
            }
        });
    }

    private static void Look(SyntaxNodeAnalysisContext context, Lazy<IReadOnlyList<RegisteredCheck>> checks)
    {
        var node = (InvocationExpressionSyntax)context.Node;
        if (node.Name() is not ("MapHealthChecks" or "UseHealthChecks")
            || context.SemanticModel.GetOperation(node, context.CancellationToken) is not IInvocationOperation call
            || call.TargetMethod.ContainingType.Name is not ("HealthCheckEndpointRouteBuilderExtensions" or "HealthCheckApplicationBuilderExtensions")
            || checks.Value.Count == 0)
        {
            return;
        }

        var (isKnown, predicate) = Predicate(call);
        if (!isKnown)
        {
            return;
        }

        var path = Path(call);
        var found = checks.Value.FirstOrDefault(c => predicate is null || new CheckPredicate(c, context.SemanticModel, context.CancellationToken).LetsThrough(predicate) == true);
        if (path is not null && found is not null && path.Split(Separators).Any(LivenessWords.Contains))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.LivenessEndpoint,
                node.GetLocation(),
                $"The liveness endpoint '{path}' runs {found.Text}: it restarts every host when the database is down; leave them out with a predicate"));
        }
        else if (predicate is null && checks.Value.Any(c => c.Name?.StartsWith("cliply-", StringComparison.Ordinal) == true))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.LivenessEndpoint,
                node.GetLocation(),
                $"{(path is null ? "This health check endpoint" : $"The health check endpoint '{path}'")} has no predicate and so runs the fleet's health checks with the host's own; say with a predicate which checks it runs"));
        }
    }

    private static string? Path(IInvocationOperation call) =>
        Unconverted(call.Arguments.FirstOrDefault(a => a.Parameter?.Name is "pattern" or "path")?.Value)?.ConstantValue is { HasValue: true, Value: string path } ? path : null;

    /// <summary>The predicate's source; null where there is none and all checks run. Not known where the options come from elsewhere.</summary>
    private static (bool IsKnown, ExpressionSyntax? Predicate) Predicate(IInvocationOperation call)
    {
        var argument = Unconverted(call.Arguments.FirstOrDefault(a => a.Parameter?.Name == "options" && a.ArgumentKind == ArgumentKind.Explicit)?.Value);
        if (argument is null)
        {
            return (true, null);
        }

        if (argument is not IObjectCreationOperation { Syntax: BaseObjectCreationExpressionSyntax creation })
        {
            return (false, null);
        }

        var value = creation.Initializer?.Expressions.OfType<AssignmentExpressionSyntax>().FirstOrDefault(a => a.Left is IdentifierNameSyntax { Identifier.ValueText: "Predicate" })?.Right;
        return value is null || value.IsKind(SyntaxKind.NullLiteralExpression) ? (true, null) : (true, value);
    }

    private static IOperation? Unconverted(IOperation? operation)
    {
        while (operation is IConversionOperation conversion)
        {
            operation = conversion.Operand;
        }

        return operation;
    }
}
