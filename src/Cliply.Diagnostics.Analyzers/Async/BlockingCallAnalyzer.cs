using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.Async;

/// <summary>CLIPLY007: Result, Wait or GetAwaiter().GetResult() on a task that a method of the library has returned.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.BlockingCall);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (Library.IsUsedBy(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(Look, SyntaxKind.SimpleMemberAccessExpression);
            }
        });
    }

    /// <summary>The task that is waited for; null where the access does not block.</summary>
    internal static ExpressionSyntax? Task(MemberAccessExpressionSyntax access) => access.Name.Identifier.ValueText switch
    {
        "Result" => access.Expression,
        "Wait" when access.Parent is InvocationExpressionSyntax => access.Expression,
        "GetResult" when access.Parent is InvocationExpressionSyntax
            && access.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetAwaiter" } awaiter } => awaiter.Expression,
        _ => null,
    };

    private static void Look(SyntaxNodeAnalysisContext context)
    {
        var access = (MemberAccessExpressionSyntax)context.Node;
        if (Task(access) is { } task && Called(task, context.SemanticModel, context.CancellationToken) is { } method)
        {
            var text = access.Name.Identifier.ValueText switch
            {
                "Result" => "Result",
                "Wait" => "Wait",
                _ => "GetAwaiter().GetResult()",
            };
            context.ReportDiagnostic(Diagnostic.Create(Rules.BlockingCall, access.Name.GetLocation(), text, $"{method.ContainingType.Name}.{method.Name}"));
        }
    }

    /// <summary>The method of the library that returned the task, as it is written or through a local variable that nothing awaits.</summary>
    private static IMethodSymbol? Called(ExpressionSyntax task, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (task)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return Called(parenthesized.Expression, model, cancellationToken);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" } wrapper }:
                return Called(wrapper.Expression, model, cancellationToken);
            case InvocationExpressionSyntax invocation:
                return model.GetSymbolInfo(invocation, cancellationToken).Symbol is IMethodSymbol method && Library.Declares(method) && IsTask(method.ReturnType) ? method : null;
            case IdentifierNameSyntax name when model.GetSymbolInfo(name, cancellationToken).Symbol is ILocalSymbol local:
                return local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value } declarator && !IsWaitedForBefore(name, declarator)
                    ? Called(value, model, cancellationToken)
                    : null;
            default:
                return null;
        }
    }

    /// <summary>Whether the variable is mentioned between its declaration and this use, as in Task.WhenAll: it may have ended then.</summary>
    private static bool IsWaitedForBefore(IdentifierNameSyntax use, VariableDeclaratorSyntax declarator) =>
        declarator.Ancestors().First(a => a is MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax or AnonymousFunctionExpressionSyntax)
            .DescendantNodes()
            .OfType<IdentifierNameSyntax>()
            .Any(n => n.Identifier.ValueText == use.Identifier.ValueText && n.SpanStart > declarator.Span.End && n.SpanStart < use.SpanStart);

    private static bool IsTask(ITypeSymbol type) => type.Name is "Task" or "ValueTask" && type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";
}
