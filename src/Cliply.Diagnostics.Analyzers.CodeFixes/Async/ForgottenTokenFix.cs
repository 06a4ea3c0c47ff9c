using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers.Async;

/// <summary>Passes the token that is at hand, by name where an argument before it is left out or named.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ForgottenTokenFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.ForgottenToken.Id);

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } invocation
                && diagnostic.Properties[ForgottenTokenAnalyzer.Token] is { } token
                && diagnostic.Properties[ForgottenTokenAnalyzer.Parameter] is { } parameter
                && model?.GetSymbolInfo(invocation, context.CancellationToken).Symbol is IMethodSymbol method)
            {
                var position = method.Parameters.IndexOf(method.Parameters.Single(p => p.Name == parameter));
                var isInPlace = invocation.ArgumentList.Arguments.Count == position && invocation.ArgumentList.Arguments.All(a => a.NameColon is null);
                var title = $"Pass {token}";
                context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(Fix(context.Document, root, invocation, token, isInPlace ? null : parameter)), title), diagnostic);
            }
        }
    }

    private static Document Fix(Document document, SyntaxNode root, InvocationExpressionSyntax invocation, string token, string? name)
    {
        var argument = SyntaxFactory.Argument(SyntaxFactory.ParseExpression(token));
        if (name is not null)
        {
            argument = argument.WithNameColon(SyntaxFactory.NameColon(SyntaxFactory.IdentifierName(name), SyntaxFactory.Token(SyntaxKind.ColonToken).WithTrailingTrivia(SyntaxFactory.Space)));
        }

        if (invocation.ArgumentList.Arguments.Count > 0)
        {
            argument = argument.WithLeadingTrivia(SyntaxFactory.Space);
        }

        return document.WithSyntaxRoot(root.ReplaceNode(invocation, invocation.AddArgumentListArguments(argument)));
    }
}
