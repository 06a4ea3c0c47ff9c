using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers.HealthChecks;

/// <summary>Works out from a predicate's source which checks it lets through.</summary>
internal sealed class CheckPredicate(RegisteredCheck check, SemanticModel model, CancellationToken cancellationToken)
{
    /// <returns>Null: can't be told.</returns>
    public bool? LetsThrough(ExpressionSyntax predicate)
    {
        var (parameter, body) = predicate switch
        {
            SimpleLambdaExpressionSyntax lambda => (lambda.Parameter.Identifier.ValueText, lambda.ExpressionBody ?? Returned(lambda.Block)),
            ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: { Count: 1 } parameters } lambda => (parameters[0].Identifier.ValueText, lambda.ExpressionBody ?? Returned(lambda.Block)),
            _ => ("", null),
        };
        return body is null ? null : Evaluate(body, parameter);
    }

    private static ExpressionSyntax? Returned(BlockSyntax? block) => block?.Statements.Count == 1 && block.Statements[0] is ReturnStatementSyntax { Expression: { } expression } ? expression : null;

    /// <summary>Unknown with false is false: a predicate may be known to leave a check out though half of it is not understood.</summary>
    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;

    /// <summary>Null where it depends on the comparison, which is not looked at.</summary>
    private static bool? InAnyCase(Func<StringComparison, bool> holds) => holds(StringComparison.Ordinal) == holds(StringComparison.OrdinalIgnoreCase) ? holds(StringComparison.Ordinal) : null;

    private static bool IsMember(ExpressionSyntax expression, string parameter, string member) =>
        expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax of, Name.Identifier.ValueText: var name } && of.Identifier.ValueText == parameter && name == member;

    private bool? Evaluate(ExpressionSyntax expression, string parameter) => expression switch
    {
        ParenthesizedExpressionSyntax parenthesized => Evaluate(parenthesized.Expression, parameter),
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.TrueLiteralExpression) => true,
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.FalseLiteralExpression) => false,
        PrefixUnaryExpressionSyntax negation when negation.IsKind(SyntaxKind.LogicalNotExpression) => !Evaluate(negation.Operand, parameter),
        BinaryExpressionSyntax both when both.IsKind(SyntaxKind.LogicalAndExpression) => And(Evaluate(both.Left, parameter), Evaluate(both.Right, parameter)),
        BinaryExpressionSyntax either when either.IsKind(SyntaxKind.LogicalOrExpression) => !And(!Evaluate(either.Left, parameter), !Evaluate(either.Right, parameter)),
        BinaryExpressionSyntax equal when equal.IsKind(SyntaxKind.EqualsExpression) => IsNamed(equal, parameter),
        BinaryExpressionSyntax different when different.IsKind(SyntaxKind.NotEqualsExpression) => !IsNamed(different, parameter),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call, ArgumentList.Arguments: { Count: > 0 } arguments } when Text(arguments[0].Expression) is { } text =>
            IsMember(call.Expression, parameter, "Tags") && call.Name.Identifier.ValueText == "Contains" ? check.Tags?.Contains(text, StringComparer.OrdinalIgnoreCase)
            : IsMember(call.Expression, parameter, "Name") && check.Name is { } name ? call.Name.Identifier.ValueText switch
            {
                "Contains" => InAnyCase(c => name.IndexOf(text, c) >= 0),
                "EndsWith" => InAnyCase(c => name.EndsWith(text, c)),
                "Equals" => InAnyCase(c => name.Equals(text, c)),
                "StartsWith" => InAnyCase(c => name.StartsWith(text, c)),
                _ => null,
            }
            : null,
        _ => null,
    };

    private bool? IsNamed(BinaryExpressionSyntax comparison, string parameter) =>
        check.Name is { } name && IsMember(comparison.Left, parameter, "Name") && Text(comparison.Right) is { } text ? name == text : null;

    private string? Text(ExpressionSyntax expression) => model.GetConstantValue(expression, cancellationToken) is { HasValue: true, Value: string text } ? text : null;
}
