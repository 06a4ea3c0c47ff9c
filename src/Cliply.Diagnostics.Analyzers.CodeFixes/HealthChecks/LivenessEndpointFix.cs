using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace Cliply.Diagnostics.Analyzers.HealthChecks;

/// <summary>Gives a call of MapHealthChecks that has no options a predicate that leaves out the checks tagged 'ready'.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LivenessEndpointFix : CodeFixProvider
{
    private const string Title = "Leave out the checks tagged 'ready'";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.LivenessEndpoint.Id);

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } invocation
            && invocation.Name() == "MapHealthChecks"
            && arguments[0].NameColon is null
            && await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is { } model
            && model.Compilation.GetTypeByMetadataName("Microsoft.AspNetCore.Diagnostics.HealthChecks.HealthCheckOptions") is { } options)
        {
            context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(Fix(context.Document, root, invocation, options)), Title), context.Diagnostics);
        }
    }

    private static Document Fix(Document document, SyntaxNode root, InvocationExpressionSyntax invocation, INamedTypeSymbol type)
    {
        var options = (ObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression("new T { Predicate = check => !check.Tags.Contains(\"ready\") }");
        options = options.WithType((TypeSyntax)SyntaxGenerator.GetGenerator(document).TypeExpression(type, addImport: true).WithTrailingTrivia(SyntaxFactory.Space).WithAdditionalAnnotations(Simplifier.AddImportsAnnotation, Simplifier.Annotation));
        return document.WithSyntaxRoot(root.ReplaceNode(invocation, invocation.AddArgumentListArguments(SyntaxFactory.Argument(options).WithLeadingTrivia(SyntaxFactory.Space))));
    }
}
