using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.Options;

/// <summary>CLIPLY003: an option that is set to a constant out of its range, or two that contradict each other.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptionValueAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.OptionValue);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            // The names alone pass over nearly every assignment.
            var names = new HashSet<string>(Library.Types(start.Compilation).SelectMany(Options).Select(o => o.Name));
            if (names.Count > 0)
            {
                start.RegisterSyntaxNodeAction(c => Look(c, names), SyntaxKind.SimpleAssignmentExpression);
            }
        });
    }

    /// <summary>The options of a type that are numbers or durations.</summary>
    internal static IEnumerable<IPropertySymbol> Options(INamedTypeSymbol type) =>
        type.Name.EndsWith("Options", StringComparison.Ordinal) || type.Name.EndsWith("Thresholds", StringComparison.Ordinal)
            ? type.GetMembers().OfType<IPropertySymbol>().Where(p => p.SetMethod is not null && IsNumberOrDuration(p.Type))
            : [];

    private static void Look(SyntaxNodeAnalysisContext context, HashSet<string> names)
    {
        var assignment = (AssignmentExpressionSyntax)context.Node;
        if (OptionAssignment.Name(assignment) is not { } name
            || !names.Contains(name)
            || OptionAssignment.Option(assignment, context.SemanticModel, context.CancellationToken) is not { } option
            || OptionValue.Of(assignment.Right, context.SemanticModel, context.CancellationToken) is not { } value)
        {
            return;
        }

        if (OutOfRange(option, value) is { } range)
        {
            Report(context, assignment, $"{option.Name} ({Text(value)}) must be between {range}; the host does not start with it");
            return;
        }

        var key = OptionAssignment.Key(option);
        foreach (var (low, high, mayBeEqual) in OptionRules.Pairs)
        {
            if (low == key && Other(context, assignment, key, high) is { } other && other.GetType() == value.GetType() && (value.CompareTo(other) is var order && order > 0 || order == 0 && !mayBeEqual))
            {
                Report(context, assignment, $"{option.Name} ({Text(value)}) must {(mayBeEqual ? "not be greater" : "be less")} than {high.Split('.')[1]} ({Text(other)}); the host does not start with it");
                return;
            }
        }
    }

    /// <summary>The value of the other option, where both are set for the same options, once, in any case.</summary>
    private static IComparable? Other(SyntaxNodeAnalysisContext context, AssignmentExpressionSyntax assignment, string ownKey, string key)
    {
        var (model, cancellationToken) = (context.SemanticModel, context.CancellationToken);
        var scope = OptionAssignment.Scope(assignment);
        if (OptionAssignment.IsConditional(assignment, scope) || OptionAssignment.Root(assignment, model, cancellationToken) is not { } root)
        {
            return null;
        }

        var name = key.Split('.')[1];
        var all = scope.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => OptionAssignment.Scope(a) == scope).ToList();
        var others = Set(name, key);
        return others.Count == 1 && Set(OptionAssignment.Name(assignment), ownKey).Count == 1 && !OptionAssignment.IsConditional(others[0], scope) ? OptionValue.Of(others[0].Right, model, cancellationToken) : null;

        List<AssignmentExpressionSyntax> Set(string? optionName, string optionKey) =>
            [.. all.Where(a => OptionAssignment.Name(a) == optionName && OptionAssignment.Option(a, model, cancellationToken) is { } option && OptionAssignment.Key(option) == optionKey && IsSame(root, OptionAssignment.Root(a, model, cancellationToken)))];
    }

    private static bool IsSame(object root, object? other) => root is ISymbol symbol ? SymbolEqualityComparer.Default.Equals(symbol, other as ISymbol) : root.Equals(other);

    /// <summary>The range from the option's attribute where the value is not in it.</summary>
    private static string? OutOfRange(IPropertySymbol option, IComparable value)
    {
        foreach (var attribute in option.GetAttributes())
        {
            if (attribute.AttributeClass?.Name is not ("RangeAttribute" or "DurationRangeAttribute") || attribute.ConstructorArguments is not { Length: 2 } limits)
            {
                continue;
            }

            if (Limit(limits[0].Value) is { } least && Limit(limits[1].Value) is { } most && least.GetType() == value.GetType() && (value.CompareTo(least) < 0 || value.CompareTo(most) > 0))
            {
                return $"{Text(least)} and {Text(most)}";
            }
        }

        return null;
    }

    private static IComparable? Limit(object? limit) => limit is string text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : limit is null ? null : Convert.ToDouble(limit, CultureInfo.InvariantCulture);

    private static bool IsNumberOrDuration(ITypeSymbol? type) => type is { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Double }
        or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }
        or { Name: nameof(TimeSpan), ContainingNamespace.Name: nameof(System) };

    private static string Text(IComparable value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static void Report(SyntaxNodeAnalysisContext context, AssignmentExpressionSyntax assignment, string message) =>
        context.ReportDiagnostic(Diagnostic.Create(Rules.OptionValue, assignment.Right.GetLocation(), message));
}
