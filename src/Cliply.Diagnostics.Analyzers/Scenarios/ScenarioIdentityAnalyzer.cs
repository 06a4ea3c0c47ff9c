using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.Scenarios;

/// <summary>CLIPLY006: a scenario whose code is no code or is a built-in one's, or whose diagnosis has no runbook link.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScenarioIdentityAnalyzer : DiagnosticAnalyzer
{
    private static readonly Regex Code = new("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ScenarioIdentity);

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Cliply.Diagnostics.Scenarios.DiagnosisCodes") is { } codes && Library.Declares(codes))
            {
                var builtIn = new HashSet<string>(codes.GetMembers().OfType<IFieldSymbol>().Select(f => f.ConstantValue).OfType<string>());
                start.RegisterSyntaxNodeAction(c => LookAtCode(c, builtIn), SyntaxKind.PropertyDeclaration);
                start.RegisterSyntaxNodeAction(LookAtRunbook, SyntaxKind.ObjectCreationExpression, SyntaxKind.ImplicitObjectCreationExpression);
            }
        });
    }

    private static void LookAtCode(SyntaxNodeAnalysisContext context, HashSet<string> builtIn)
    {
        var property = (PropertyDeclarationSyntax)context.Node;
        if (property.Identifier.ValueText != "Code" || context.SemanticModel.GetDeclaredSymbol(property, context.CancellationToken) is not { } symbol || !IsCode(symbol))
        {
            return;
        }

        var values = property.DescendantNodes().Where(n => n is ArrowExpressionClauseSyntax or EqualsValueClauseSyntax or ReturnStatementSyntax).Select(n => n.ChildNodes().FirstOrDefault()).OfType<ExpressionSyntax>().ToList();
        if (values.Count == 1 && values[0] is var value && context.SemanticModel.GetConstantValue(value, context.CancellationToken) is { HasValue: true, Value: string code })
        {
            var problem = !Code.IsMatch(code) ? $"The code '{code}' of '{symbol.ContainingType.Name}' can't be used; write lower-case words joined by hyphens, such as 'transcription-waits'"
                : builtIn.Contains(code) ? $"The code '{code}' of '{symbol.ContainingType.Name}' is a built-in scenario's; choose another, since alerts and silences name a diagnosis by it"
                : null;
            if (problem is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.ScenarioIdentity, value.GetLocation(), problem));
            }
        }
    }

    /// <summary>Whether it is what the library reads, and not only of the same name.</summary>
    private static bool IsCode(IPropertySymbol property) =>
        property.ContainingType.AllInterfaces.FirstOrDefault(i => i.Name == "IScenario" && Library.Declares(i)) is { } scenario
        && (property.IsOverride || SymbolEqualityComparer.Default.Equals(property.ContainingType.FindImplementationForInterfaceMember(scenario.GetMembers("Code").Single()), property));

    private static void LookAtRunbook(SyntaxNodeAnalysisContext context)
    {
        var creation = (BaseObjectCreationExpressionSyntax)context.Node;
        if (creation.Initializer?.Expressions.Any(e => AssignedName(e) == "Severity") != true
            || creation.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration
            || context.SemanticModel.GetTypeInfo(creation, context.CancellationToken).Type is not { Name: "Diagnosis" } type
            || !Library.Declares(type)
            || context.SemanticModel.GetDeclaredSymbol(declaration, context.CancellationToken) is not INamedTypeSymbol scenario
            || !Library.Implements(scenario, "IScenario"))
        {
            return;
        }

        var runbook = creation.Initializer.Expressions.OfType<AssignmentExpressionSyntax>().FirstOrDefault(a => AssignedName(a) == "Runbook")?.Right;
        var isEmpty = runbook is null || context.SemanticModel.GetConstantValue(runbook, context.CancellationToken) is { HasValue: true, Value: null or "" };

        // It may be given later, as in diagnosis with { Runbook = ... }: here, by what it is passed to, or by a base class.
        var isGivenElsewhere = creation.Parent is ArgumentSyntax or MemberAccessExpressionSyntax
            || scenario.BaseType is { } @base && Library.Implements(@base, "IScenario")
            || scenario.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(context.CancellationToken).DescendantNodes()).OfType<WithExpressionSyntax>().Any(w => w.Initializer.Expressions.Any(e => AssignedName(e) == "Runbook"));
        if (isEmpty && !isGivenElsewhere)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.ScenarioIdentity,
                runbook?.GetLocation() ?? creation.NewKeyword.GetLocation(),
                $"The diagnosis of '{scenario.Name}' has no runbook link; set Runbook to the page that says what to do"));
        }
    }

    private static string? AssignedName(ExpressionSyntax expression) => expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } ? name.Identifier.ValueText : null;
}
