using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers.Options;

/// <summary>An option that is set somewhere in the source.</summary>
internal static class OptionAssignment
{
    private const string ConfigureDelegates = "configure delegates of ";

    /// <summary>The option that an assignment sets; null where it sets something else.</summary>
    public static IPropertySymbol? Option(AssignmentExpressionSyntax assignment, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(assignment.Left, cancellationToken).Symbol is IPropertySymbol property && Library.Declares(property) ? property : null;

    public static string Key(IPropertySymbol option) => $"{option.ContainingType.Name}.{option.Name}";

    /// <summary>The name that is assigned to, without asking what it means.</summary>
    public static string? Name(AssignmentExpressionSyntax assignment) => assignment.Left switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>
    /// What the options belong to in the end: a variable, an object that is being created, or, for all configure delegates of a
    /// method on the same variable together, the host's options. Null: can't be told.
    /// </summary>
    public static object? Root(AssignmentExpressionSyntax assignment, SemanticModel model, CancellationToken cancellationToken) =>
        assignment.Parent is InitializerExpressionSyntax initializer ? Root(initializer, model, cancellationToken)
        : assignment.Left is MemberAccessExpressionSyntax access ? Root(access.Expression, model, cancellationToken)
        : null;

    /// <summary>The member, or the file's top-level statements, in which options are looked for together.</summary>
    public static SyntaxNode Scope(SyntaxNode node) => node.Ancestors().First(a => a is BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or BaseFieldDeclarationSyntax or CompilationUnitSyntax);

    /// <summary>Whether it may not be reached, or more than once.</summary>
    public static bool IsConditional(AssignmentExpressionSyntax assignment, SyntaxNode scope) =>
        assignment.Ancestors().TakeWhile(a => a != scope).Any(a => a is IfStatementSyntax or SwitchSectionSyntax or SwitchExpressionSyntax or ConditionalExpressionSyntax or CatchClauseSyntax
            or ForStatementSyntax or ForEachStatementSyntax or WhileStatementSyntax or LocalFunctionStatementSyntax);

    private static object? Root(InitializerExpressionSyntax initializer, SemanticModel model, CancellationToken cancellationToken) => initializer.Parent switch
    {
        // Thresholds = { HeartbeatFresh = ... }
        AssignmentExpressionSyntax outer => Root(outer, model, cancellationToken),

        // options.Thresholds = new() { ... }, and var thresholds = new DiagnosisThresholds { ... }
        BaseObjectCreationExpressionSyntax { Parent: AssignmentExpressionSyntax outer } when Option(outer, model, cancellationToken) is not null => Root(outer, model, cancellationToken),
        BaseObjectCreationExpressionSyntax { Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } } => model.GetDeclaredSymbol(variable, cancellationToken),
        var creation => creation,
    };

    private static object? Root(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken) => expression switch
    {
        MemberAccessExpressionSyntax access when Library.Declares(model.GetSymbolInfo(access, cancellationToken).Symbol) => Root(access.Expression, model, cancellationToken),
        IdentifierNameSyntax => model.GetSymbolInfo(expression, cancellationToken).Symbol switch
        {
            IParameterSymbol parameter when ConfigureDelegate(parameter, cancellationToken) is { } call => Host(call) is { } host ? ConfigureDelegates + host : null,
            var symbol => symbol,
        },
        _ => null,
    };

    /// <summary>The variable on which the call is made: one method may set up several hosts. Null: none, or options of another name.</summary>
    private static string? Host(InvocationExpressionSyntax call)
    {
        SyntaxNode node = call;
        while (true)
        {
            switch (node)
            {
                case InvocationExpressionSyntax invocation when invocation != call && invocation.Name()?.StartsWith("AddOptions", StringComparison.Ordinal) == true && invocation.ArgumentList.Arguments.Count > 0:
                    return null;
                case InvocationExpressionSyntax invocation:
                    node = invocation.Expression;
                    break;
                case MemberAccessExpressionSyntax access:
                    node = access.Expression;
                    break;
                case IdentifierNameSyntax name:
                    return name.Identifier.ValueText;
                default:
                    return null;
            }
        }
    }

    /// <summary>The only parameter of a lambda that is passed to an Add or Configure call. Options by name are others than the host's.</summary>
    private static InvocationExpressionSyntax? ConfigureDelegate(IParameterSymbol parameter, CancellationToken cancellationToken) =>
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction, Parameters.Length: 1 }
        && parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken).FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>()?.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }
        && (call.Name() is "Configure" or "PostConfigure" ? call.ArgumentList.Arguments.Count == 1 : call.Name()?.StartsWith("Add", StringComparison.Ordinal) == true || call.Name() == "MapCliplyProbes")
            ? call
            : null;
}
