using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers.HealthChecks;

/// <summary>Works out from a predicate's source which checks it lets through.</summary>
internal static class CheckPredicate
{
    /// <returns>Null: can't be told.</returns>
    public static bool? LetsThrough(ExpressionSyntax predicate, RegisteredCheck check)
    {
        var (parameter, body) = predicate switch
        {
            SimpleLambdaExpressionSyntax lambda => (lambda.Parameter.Identifier.ValueText, lambda.ExpressionBody ?? Returned(lambda.Block)),
            ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: { Count: 1 } parameters } lambda => (parameters[0].Identifier.ValueText, lambda.ExpressionBody ?? Returned(lambda.Block)),
            _ => ("", null),
        };
        return body is null ? null : Evaluate(body, parameter, check);
    }

    private static ExpressionSyntax? Returned(BlockSyntax? block) => block?.Statements.Count == 1 && block.Statements[0] is ReturnStatementSyntax { Expression: { } expression } ? expression : null;

    private static bool? Evaluate(ExpressionSyntax expression, string parameter, RegisteredCheck check)
    {
        switch (expression)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return Evaluate(parenthesized.Expression, parameter, check);
            case LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.TrueLiteralExpression):
                return true;
            case LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.FalseLiteralExpression):
                return false;
            case PrefixUnaryExpressionSyntax negation when negation.IsKind(SyntaxKind.LogicalNotExpression):
                return !Evaluate(negation.Operand, parameter, check);
            case BinaryExpressionSyntax both when both.IsKind(SyntaxKind.LogicalAndExpression):
                return And(Evaluate(both.Left, parameter, check), Evaluate(both.Right, parameter, check));
            case BinaryExpressionSyntax either when either.IsKind(SyntaxKind.LogicalOrExpression):
                return !And(!Evaluate(either.Left, parameter, check), !Evaluate(either.Right, parameter, check));
            case BinaryExpressionSyntax equal when equal.IsKind(SyntaxKind.EqualsExpression):
                return IsNamed(equal, parameter, check);
            case BinaryExpressionSyntax different when different.IsKind(SyntaxKind.NotEqualsExpression):
                return !IsNamed(different, parameter, check);
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax call, ArgumentList.Arguments: { Count: > 0 } arguments } when arguments[0].Expression is LiteralExpressionSyntax literal:
                return IsMember(call.Expression, parameter, "Tags") && call.Name.Identifier.ValueText == "Contains" ? check.Tags?.Contains(literal.Token.ValueText, StringComparer.OrdinalIgnoreCase)
                    : IsMember(call.Expression, parameter, "Name") && call.Name.Identifier.ValueText == "StartsWith" ? check.Name?.StartsWith(literal.Token.ValueText, StringComparison.OrdinalIgnoreCase)
                    : null;
            default:
                return null;
        }
    }

    /// <summary>Unknown with false is false: a predicate may be known to leave a check out though half of it is not understood.</summary>
    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left == true && right == true ? true : null;

    private static bool? IsNamed(BinaryExpressionSyntax comparison, string parameter, RegisteredCheck check) =>
        check.Name is { } name && IsMember(comparison.Left, parameter, "Name") && comparison.Right is LiteralExpressionSyntax literal ? name == literal.Token.ValueText : null;

    private static bool IsMember(ExpressionSyntax expression, string parameter, string member) =>
        expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax of, Name.Identifier.ValueText: var name } && of.Identifier.ValueText == parameter && name == member;
}
