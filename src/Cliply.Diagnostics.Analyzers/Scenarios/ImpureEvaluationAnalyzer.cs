using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Cliply.Diagnostics.Analyzers.Scenarios;

/// <summary>CLIPLY005: a scenario or log pattern that reads or changes anything but what it is given, in what it calls of itself too.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ImpureEvaluationAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ImpureEvaluation);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (Library.IsUsedBy(start.Compilation))
            {
                start.RegisterSymbolStartAction(LookAtType, SymbolKind.NamedType);
            }
        });
    }

    private static void LookAtType(SymbolStartAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var isScenario = Library.Implements(type, "IScenario");
        if (!isScenario && !Library.Implements(type, "ILogPattern"))
        {
            return;
        }

        var members = new ConcurrentDictionary<ISymbol, Member>(SymbolEqualityComparer.Default);
        context.RegisterOperationBlockAction(c =>
        {
            // What a property begins with is found once, like what the constructor is given; who sets one is told so itself.
            if (c.OwningSymbol is IMethodSymbol { MethodKind: not MethodKind.PropertySet })
            {
                members.TryAdd(Declared(c.OwningSymbol), new Member(c.OperationBlocks.SelectMany(b => b.DescendantsAndSelf()), type));
            }
        });
        context.RegisterSymbolEndAction(c =>
        {
            var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            var next = new Stack<ISymbol>(type.GetMembers().Where(m => IsAsked(m, type)));
            while (next.Count > 0)
            {
                var symbol = next.Pop();
                if (!seen.Add(symbol) || !members.TryGetValue(symbol, out var member))
                {
                    continue;
                }

                member.Calls.ForEach(next.Push);
                foreach (var impurity in member.Impurities)
                {
                    c.ReportDiagnostic(Diagnostic.Create(Rules.ImpureEvaluation, impurity.Location, $"{type.Name}.{symbol.Name.Split('.').Last()}", impurity.Does, isScenario ? "snapshot" : "text", impurity.Remedy));
                }
            }
        });
    }

    /// <summary>Whether the library asks the member, itself or through a base class.</summary>
    private static bool IsAsked(ISymbol member, INamedTypeSymbol type) =>
        member.IsOverride && Overridden(member).ContainingType is { } @base && (Library.Implements(@base, "IScenario") || Library.Implements(@base, "ILogPattern"))
        || type.AllInterfaces.Where(IsEvaluated).SelectMany(i => i.GetMembers()).Any(m => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(m), member));

    /// <summary>A scenario or log pattern: a type may be something else besides, and a service's own work is its own.</summary>
    private static bool IsEvaluated(INamedTypeSymbol type) => type.Name is "IScenario" or "ILogPattern" && Library.Declares(type);

    private static ISymbol Overridden(ISymbol member) => member switch
    {
        IMethodSymbol { OverriddenMethod: { } method } => Overridden(method),
        IPropertySymbol { OverriddenProperty: { } property } => Overridden(property),
        _ => member,
    };

    /// <summary>The property of an accessor.</summary>
    private static ISymbol Declared(ISymbol symbol) => symbol is IMethodSymbol { AssociatedSymbol: { } property } ? property : symbol;

    private sealed class Member
    {
        public Member(IEnumerable<IOperation> operations, INamedTypeSymbol type)
        {
            foreach (var operation in operations)
            {
                if (Impurity.Of(operation) is { } impurity)
                {
                    Impurities.Add(impurity);
                }

                ISymbol? called = operation switch
                {
                    IInvocationOperation invocation => invocation.TargetMethod.OriginalDefinition,
                    IMethodReferenceOperation reference => reference.Method.OriginalDefinition,
                    IPropertyReferenceOperation property => property.Property,
                    _ => null,
                };
                if (called is not null && SymbolEqualityComparer.Default.Equals(called.ContainingType, type))
                {
                    Calls.Add(called);
                }
            }
        }

        public List<Impurity> Impurities { get; } = [];

        public List<ISymbol> Calls { get; } = [];
    }
}
