using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Cliply.Diagnostics.Analyzers.Async;

/// <summary>Awaits instead, where the code around may await: an async method or function, or top-level statements.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class BlockingCallFix : CodeFixProvider
{
    private const string Title = "Await it";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.BlockingCall.Id);

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span).FirstAncestorOrSelf<MemberAccessExpressionSyntax>() is { } access && BlockingCallAnalyzer.Task(access) is { } task && MayAwait(access) && !IsConditional(task) && !TakesArguments(access))
        {
            context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(Fix(context.Document, root, access, task)), Title), context.Diagnostics);
        }
    }

    private static Document Fix(Document document, SyntaxNode root, MemberAccessExpressionSyntax access, ExpressionSyntax task)
    {
        ExpressionSyntax blocking = access.Parent is InvocationExpressionSyntax invocation && access.Name.Identifier.ValueText != "Result" ? invocation : access;
        var awaited = SyntaxFactory.AwaitExpression(SyntaxFactory.Token(default, SyntaxKind.AwaitKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)), task.WithoutLeadingTrivia());
        return document.WithSyntaxRoot(root.ReplaceNode(
            blocking,
            SyntaxFactory.ParenthesizedExpression(awaited).WithTriviaFrom(blocking).WithAdditionalAnnotations(Simplifier.Annotation)));
    }

    /// <summary>Wait(timeout) and its like have no counterpart of one word.</summary>
    private static bool TakesArguments(MemberAccessExpressionSyntax access) => access.Parent is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 };

    /// <summary>x?.DiagnoseAsync() is no expression of its own.</summary>
    private static bool IsConditional(ExpressionSyntax task) => task.DescendantNodesAndSelf().Any(n => n is MemberBindingExpressionSyntax or ElementBindingExpressionSyntax);

    private static bool MayAwait(SyntaxNode node)
    {
        foreach (var ancestor in node.Ancestors())
        {
            switch (ancestor)
            {
                case LockStatementSyntax or CatchFilterClauseSyntax or QueryExpressionSyntax or UnsafeStatementSyntax:
                    return false;
                case AnonymousFunctionExpressionSyntax function:
                    return function.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword);
                case LocalFunctionStatementSyntax function:
                    return function.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case BaseMethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case GlobalStatementSyntax:
                    return true;
                case MemberDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }
}
