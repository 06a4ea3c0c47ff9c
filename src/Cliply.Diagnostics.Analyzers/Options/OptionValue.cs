using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers.Options;

/// <summary>The value that an expression always has, as far as the source says it: a number or a duration.</summary>
internal static class OptionValue
{
    /// <returns>A double or a TimeSpan; null: not known before the program runs.</returns>
    public static IComparable? Of(ExpressionSyntax expression, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetConstantValue(expression, cancellationToken) is { HasValue: true, Value: { } constant })
        {
            return constant is sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal ? Convert.ToDouble(constant, CultureInfo.InvariantCulture) : null;
        }

        return expression switch
        {
            ParenthesizedExpressionSyntax parenthesized => Of(parenthesized.Expression, model, cancellationToken),
            PrefixUnaryExpressionSyntax minus when minus.IsKind(SyntaxKind.UnaryMinusExpression) => Of(minus.Operand, model, cancellationToken) is TimeSpan positive && positive != TimeSpan.MinValue ? -positive : null,
            InvocationExpressionSyntax invocation => Created(invocation, model, cancellationToken),
            ObjectCreationExpressionSyntax { ArgumentList: { } arguments } creation when IsTimeSpan(model.GetTypeInfo(creation, cancellationToken).Type) => Constructed(arguments, model, cancellationToken),
            ImplicitObjectCreationExpressionSyntax creation when IsTimeSpan(model.GetTypeInfo(creation, cancellationToken).Type) => Constructed(creation.ArgumentList, model, cancellationToken),
            MemberAccessExpressionSyntax or IdentifierNameSyntax => Field(model.GetSymbolInfo(expression, cancellationToken).Symbol, model, cancellationToken),
            _ => null,
        };
    }

    private static IComparable? Created(InvocationExpressionSyntax invocation, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(invocation, cancellationToken).Symbol is not IMethodSymbol { IsStatic: true } method || !IsTimeSpan(method.ContainingType) || Numbers(invocation.ArgumentList, model, cancellationToken) is not { Count: 1 } numbers)
        {
            return null;
        }

        var ticks = method.Name switch
        {
            "FromDays" => TimeSpan.TicksPerDay,
            "FromHours" => TimeSpan.TicksPerHour,
            "FromMinutes" => TimeSpan.TicksPerMinute,
            "FromSeconds" => TimeSpan.TicksPerSecond,
            "FromMilliseconds" => TimeSpan.TicksPerMillisecond,
            "FromTicks" => 1L,
            _ => 0L,
        };
        return ticks == 0 ? null : FromTicks(numbers[0] * ticks);
    }

    private static IComparable? Constructed(ArgumentListSyntax arguments, SemanticModel model, CancellationToken cancellationToken)
    {
        var numbers = Numbers(arguments, model, cancellationToken);
        return numbers?.Count switch
        {
            1 => FromTicks(numbers[0]),
            3 => FromSeconds((((numbers[0] * 60) + numbers[1]) * 60) + numbers[2]),
            4 => FromSeconds((((((numbers[0] * 24) + numbers[1]) * 60) + numbers[2]) * 60) + numbers[3]),
            _ => null,
        };
    }

    private static TimeSpan? FromSeconds(double seconds) => FromTicks(seconds * TimeSpan.TicksPerSecond);

    private static TimeSpan? FromTicks(double ticks) => Math.Abs(ticks) < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)Math.Round(ticks)) : null;

    /// <summary>Null where one of them is not constant, or named: they could stand in another order.</summary>
    private static List<double>? Numbers(ArgumentListSyntax arguments, SemanticModel model, CancellationToken cancellationToken)
    {
        var numbers = arguments.Arguments.Select(a => a.NameColon is null ? Of(a.Expression, model, cancellationToken) as double? : null).ToList();
        return numbers.Contains(null) ? null : numbers.ConvertAll(n => n!.Value);
    }

    /// <summary>A field of TimeSpan itself, or one that never changes and is set where it is declared, in the same file.</summary>
    private static IComparable? Field(ISymbol? symbol, SemanticModel model, CancellationToken cancellationToken)
    {
        if (symbol is IFieldSymbol { IsReadOnly: true } field)
        {
            return IsTimeSpan(field.ContainingType)
                ? field.Name switch
                {
                    nameof(TimeSpan.Zero) => TimeSpan.Zero,
                    nameof(TimeSpan.MaxValue) => TimeSpan.MaxValue,
                    nameof(TimeSpan.MinValue) => TimeSpan.MinValue,
                    _ => null,
                }
                : field.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && declaration.SyntaxTree == model.SyntaxTree && declaration.GetSyntax(cancellationToken) is VariableDeclaratorSyntax { Initializer.Value: { } value } && !IsSetAgain(field, cancellationToken) && !IsMadeOfFields(value, model, cancellationToken)
                    ? Of(value, model, cancellationToken)
                    : null;
        }

        return null;
    }

    private static bool IsSetAgain(IFieldSymbol field, CancellationToken cancellationToken) =>
        field.ContainingType.DeclaringSyntaxReferences
            .SelectMany(r => r.GetSyntax(cancellationToken).DescendantNodes())
            .OfType<ConstructorDeclarationSyntax>()
            .SelectMany(c => c.DescendantNodes())
            .Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == field.Name);

    /// <summary>Fields may be made of each other in a circle, so that only one is followed, but for those of TimeSpan.</summary>
    private static bool IsMadeOfFields(ExpressionSyntax value, SemanticModel model, CancellationToken cancellationToken) =>
        value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => model.GetSymbolInfo(n, cancellationToken).Symbol is IFieldSymbol { IsConst: false } field && !IsTimeSpan(field.ContainingType));

    private static bool IsTimeSpan(ITypeSymbol? type) => type is { Name: nameof(TimeSpan), ContainingNamespace.Name: nameof(System) };
}
