using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Cliply.Diagnostics.Analyzers.Async;

/// <summary>CLIPLY008: a method of the library that takes a token is called without one, though one is at hand.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForgottenTokenAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of the diagnostic that holds the expression to pass.</summary>
    internal const string Token = nameof(Token);

    /// <summary>The property of the diagnostic that holds the parameter's name.</summary>
    internal const string Parameter = nameof(Parameter);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ForgottenToken);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            // Few methods of the library take a token: their names are enough to pass over all other calls.
            var names = Library.IsUsedBy(start.Compilation) ? Methods(start.Compilation) : [];
            if (names.Count > 0)
            {
                start.RegisterSyntaxNodeAction(c => Look(c, names), SyntaxKind.InvocationExpression);
            }
        });
    }

    private static HashSet<string> Methods(Compilation compilation)
    {
        string[] types = ["Cliply.Diagnostics.Collection.IEvidenceCollector", "Cliply.Diagnostics.Collection.IFleetDiagnostics", "Cliply.Diagnostics.Logs.LogFiles"];
        return [.. types.Select(compilation.GetTypeByMetadataName).SelectMany(t => t?.GetMembers().OfType<IMethodSymbol>() ?? []).Where(m => m.Parameters.Any(p => IsToken(p.Type))).Select(m => m.Name)];
    }

    private static void Look(SyntaxNodeAnalysisContext context, HashSet<string> names)
    {
        var node = (InvocationExpressionSyntax)context.Node;
        if (node.Name() is not { } name || !names.Contains(name) || context.SemanticModel.GetOperation(node, context.CancellationToken) is not IInvocationOperation call || !Library.Declares(call.TargetMethod))
        {
            return;
        }

        if (call.Arguments.FirstOrDefault(a => a.Parameter is { } p && IsToken(p.Type) && a.ArgumentKind == ArgumentKind.DefaultValue)?.Parameter is { } parameter && AtHand(node, context.SemanticModel) is { } token)
        {
            var properties = ImmutableDictionary<string, string?>.Empty.Add(Token, token).Add(Parameter, parameter.Name);
            context.ReportDiagnostic(Diagnostic.Create(Rules.ForgottenToken, node.NameLocation(), properties, $"{call.TargetMethod.ContainingType.Name}.{name}", token));
        }
    }

    /// <summary>A token that can be named at this place: the innermost parameter or variable, else that of a request.</summary>
    private static string? AtHand(InvocationExpressionSyntax node, SemanticModel model)
    {
        var symbols = model.LookupSymbols(node.SpanStart)
            .Where(s => s is IParameterSymbol or ILocalSymbol && IsDeclaredBefore(s, node))
            .OrderByDescending(s => s.DeclaringSyntaxReferences.Select(r => r.Span.Start).DefaultIfEmpty(0).First())
            .ToList();
        return symbols.FirstOrDefault(s => IsToken(Type(s)))?.Name
            ?? (symbols.FirstOrDefault(s => Type(s) is { Name: "HttpContext", NullableAnnotation: not NullableAnnotation.Annotated } t && t.ContainingNamespace?.ToDisplayString() == "Microsoft.AspNetCore.Http") is { } request ? $"{request.Name}.RequestAborted" : null);
    }

    /// <summary>Not behind the call or outside of its member, not outside of a function that can't capture it, and with a value from the start.</summary>
    private static bool IsDeclaredBefore(ISymbol symbol, SyntaxNode node)
    {
        if (IsUnnamed(symbol.Name) || symbol.DeclaringSyntaxReferences.FirstOrDefault() is not { } declaration || declaration.SyntaxTree != node.SyntaxTree || declaration.Span.Start > node.SpanStart || declaration.GetSyntax() is VariableDeclaratorSyntax { Initializer: null } || Member(declaration.GetSyntax()) != Member(node))
        {
            return false;
        }

        var isByReference = symbol is IParameterSymbol { RefKind: not RefKind.None } or ILocalSymbol { RefKind: not RefKind.None };
        var closed = node.Ancestors().FirstOrDefault(a => a is AnonymousFunctionExpressionSyntax function && (isByReference || function.Modifiers.Any(SyntaxKind.StaticKeyword))
            || a is LocalFunctionStatementSyntax local && (isByReference || local.Modifiers.Any(SyntaxKind.StaticKeyword)));
        return (closed is null || closed.Span.Contains(declaration.Span)) && !IsBeingDeclared(declaration, node);
    }

    /// <summary>Who calls it <c>_</c> leaves it out on purpose; a keyword would mean something else.</summary>
    private static bool IsUnnamed(string name) => name == "_" || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None;

    /// <summary>Null for top-level statements, whose variables no type can name; a type for the parameters of its constructor.</summary>
    private static SyntaxNode? Member(SyntaxNode node) => node.Ancestors().FirstOrDefault(a => a is MemberDeclarationSyntax and not GlobalStatementSyntax);

    private static bool IsBeingDeclared(SyntaxReference declaration, SyntaxNode node) => declaration.Span.Contains(node.Span);

    private static ITypeSymbol Type(ISymbol symbol) => symbol is IParameterSymbol parameter ? parameter.Type : ((ILocalSymbol)symbol).Type;

    private static bool IsToken(ITypeSymbol type) => type is { Name: "CancellationToken" } && type.ContainingNamespace?.ToDisplayString() == "System.Threading";
}
