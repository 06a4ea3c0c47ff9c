using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.Secrets;

/// <summary>CLIPLY004: a secret as a literal that is passed to the library, straight or through constants and variables.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SecretInSourceAnalyzer : DiagnosticAnalyzer
{
    /// <summary>Text is data there: what was seen, or what is to be taken out.</summary>
    private static readonly string[] DataNamespaces = ["Evidence", "Json", "Logs", "Redaction", "Reports", "Runbook"];

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.SecretInSource);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (Library.IsUsedBy(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(Look, SyntaxKind.StringLiteralExpression, SyntaxKind.InterpolatedStringExpression);
            }
        });
    }

    private static void Look(SyntaxNodeAnalysisContext context)
    {
        var literal = (ExpressionSyntax)context.Node;
        if (!IsWorthALook(literal))
        {
            return;
        }

        // One report for a text, at its first part.
        var whole = Whole(literal);
        if (whole.DescendantNodesAndSelf().OfType<ExpressionSyntax>().First(e => IsWorthALook(e) && Whole(e) == whole) == literal && SecretText.Find(Text(whole, context.SemanticModel, context.CancellationToken)) is { } secret && Receiver(whole, context.SemanticModel, [], context.CancellationToken) is { } receiver)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.SecretInSource, whole.GetLocation(), secret, receiver));
        }
    }

    private static bool IsWorthALook(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => SecretText.MayBePart(literal.Token.ValueText),
        InterpolatedStringExpressionSyntax interpolated => interpolated.Contents.OfType<InterpolatedStringTextSyntax>().Any(t => SecretText.MayBePart(t.TextToken.ValueText)),
        _ => false,
    };

    /// <summary>The expression that a literal is a part of, as far as it is still the same text.</summary>
    private static ExpressionSyntax Whole(ExpressionSyntax literal)
    {
        var whole = literal;
        while (whole.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax || whole.Parent is BinaryExpressionSyntax binary && binary.IsKind(SyntaxKind.AddExpression))
        {
            whole = (ExpressionSyntax)whole.Parent;
        }

        return whole;
    }

    /// <summary>The text with holes where it is not constant.</summary>
    private static string Text(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetConstantValue(expression, cancellationToken) is { HasValue: true, Value: { } constant })
        {
            return constant.ToString();
        }

        switch (expression)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return Text(parenthesized.Expression, model, cancellationToken);
            case BinaryExpressionSyntax binary:
                return Text(binary.Left, model, cancellationToken) + Text(binary.Right, model, cancellationToken);
            case InterpolatedStringExpressionSyntax interpolated:
                var text = new StringBuilder();
                foreach (var content in interpolated.Contents)
                {
                    _ = content is InterpolatedStringTextSyntax part ? text.Append(part.TextToken.ValueText) : text.Append(Text(((InterpolationSyntax)content).Expression, model, cancellationToken));
                }

                return text.ToString();
            default:
                return SecretText.Hole.ToString();
        }
    }

    /// <summary>The member of the library that an expression is passed to; null: none.</summary>
    private static string? Receiver(SyntaxNode expression, SemanticModel model, HashSet<ISymbol> seen, CancellationToken cancellationToken)
    {
        for (var node = expression.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case ArgumentSyntax { Parent.Parent: ExpressionSyntax call } when Configures(model.GetSymbolInfo(call, cancellationToken).Symbol) is { } member:
                    return member;

                // options.Headers.Add(...): an own method would be a sink of its own.
                case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax of } } }
                    when Configures(model.GetSymbolInfo(of, cancellationToken).Symbol) is { } member:
                    return member;
                case AssignmentExpressionSyntax assignment when assignment.Right.Span.Contains(expression.Span):
                    return Assigned(assignment, model, seen, cancellationToken);
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } when model.GetDeclaredSymbol(variable, cancellationToken) is { } declared:
                    return Used(declared, model, seen, cancellationToken);
                case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax property } when model.GetDeclaredSymbol(property, cancellationToken) is { } declared:
                    return Used(declared, model, seen, cancellationToken);
                case ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property } when model.GetDeclaredSymbol(property, cancellationToken) is { } declared:
                    return Used(declared, model, seen, cancellationToken);
                // Compared, or filled in.
                case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.EqualsExpression) || binary.IsKind(SyntaxKind.NotEqualsExpression):
                case PatternSyntax or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Replace" } }:
                case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax } or StatementSyntax or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax:
                    return null;
            }
        }

        return null;
    }

    private static string? Assigned(AssignmentExpressionSyntax assignment, SemanticModel model, HashSet<ISymbol> seen, CancellationToken cancellationToken)
    {
        // options.Headers["apikey"] = ..., and Headers = { ["apikey"] = ... }
        var target = assignment.Left switch
        {
            ElementAccessExpressionSyntax element => element.Expression,
            ImplicitElementAccessSyntax => (assignment.Parent?.Parent as AssignmentExpressionSyntax)?.Left ?? ((assignment.Parent?.Parent?.Parent as AssignmentExpressionSyntax)?.Left),
            var left => left,
        };
        var symbol = target is null ? null : model.GetSymbolInfo(target, cancellationToken).Symbol;
        return Configures(symbol) ?? (symbol is ILocalSymbol or IFieldSymbol ? Used(symbol, model, seen, cancellationToken) : null);
    }

    /// <summary>Follows a variable, constant or property to where it is passed on, in the same file.</summary>
    private static string? Used(ISymbol symbol, SemanticModel model, HashSet<ISymbol> seen, CancellationToken cancellationToken) =>
        seen.Add(symbol)
            ? model.SyntaxTree.GetRoot(cancellationToken).DescendantNodes()
                .OfType<IdentifierNameSyntax>()
                .Where(n => n.Identifier.ValueText == symbol.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n, cancellationToken).Symbol, symbol))
                .Select(n => Receiver(n, model, seen, cancellationToken))
                .FirstOrDefault(r => r is not null)
            : null;

    private static bool IsPublic(ISymbol symbol) => symbol.DeclaredAccessibility == Accessibility.Public && symbol.ContainingType.DeclaredAccessibility == Accessibility.Public;

    private static string? Configures(ISymbol? symbol) =>
        symbol is IMethodSymbol or IPropertySymbol && Library.Declares(symbol) && IsPublic(symbol) && !DataNamespaces.Contains(symbol.ContainingNamespace.Name)
            ? symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? symbol.ContainingType.Name : symbol is IMethodSymbol ? symbol.Name : $"{symbol.ContainingType.Name}.{symbol.Name}"
            : null;
}
