using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers.HealthChecks;

/// <summary>A health check as far as it is known from the source.</summary>
internal sealed class RegisteredCheck(string text, string? name, IReadOnlyCollection<string>? tags)
{
    public const string AddCliplyHealthChecks = "AddCliplyHealthChecks";

    /// <summary>With the names that the best-known packages give to checks that read a database.</summary>
    private static readonly HashSet<string> Checks = [AddCliplyHealthChecks, "AddNpgSql", "AddDbContextCheck", "AddSqlServer", "AddMySql", "AddSqlite", "AddOracle", "AddMongoDb", "AddRedis"];

    private static readonly string[] CliplyTags = ["cliply", "ready"];

    private static readonly string[] CliplyNames = ["cliply-ffmpeg", "cliply-yt-dlp", "cliply-database", "cliply-heartbeat", "cliply-queue-backlog", "cliply-environment", "cliply-diagnosis"];

    /// <summary>How a message calls it.</summary>
    public string Text { get; } = text;

    /// <summary>Null: not known.</summary>
    public string? Name { get; } = name;

    /// <summary>Null: not known.</summary>
    public IReadOnlyCollection<string>? Tags { get; } = tags;

    /// <summary>The checks of this library and those that read a database, which the compilation adds.</summary>
    public static IReadOnlyList<RegisteredCheck> Find(Compilation compilation, CancellationToken cancellationToken)
    {
        var checks = new List<RegisteredCheck>();
        foreach (var invocation in compilation.Invocations(Checks, cancellationToken))
        {
            if (invocation.Name() == AddCliplyHealthChecks)
            {
                checks.AddRange(CliplyNames.Select(n => new RegisteredCheck("the fleet's health checks", n, CliplyTags)));
            }
            else if (IsOnBuilder(compilation.GetSemanticModel(invocation.SyntaxTree).GetSymbolInfo(invocation, cancellationToken).Symbol))
            {
                checks.Add(new RegisteredCheck($"a check that reads the database ({invocation.Name()})", Literal(Argument(invocation, "name")), TagsOf(invocation)));
            }
        }

        return checks;
    }

    private static ExpressionSyntax? Argument(InvocationExpressionSyntax invocation, string name) =>
        invocation.ArgumentList.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name)?.Expression;

    private static string? Literal(ExpressionSyntax? expression) => expression.IsKind(SyntaxKind.StringLiteralExpression) ? ((LiteralExpressionSyntax)expression!).Token.ValueText : null;

    /// <summary>Packages for databases and caches have methods of the same names that add no check.</summary>
    private static bool IsOnBuilder(ISymbol? symbol) => symbol is IMethodSymbol method && (method.ReducedFrom ?? method).Parameters.FirstOrDefault()?.Type.Name == "IHealthChecksBuilder";

    /// <summary>None where no argument is named so, and one at most has no name: packages put the tags behind other optional parameters.</summary>
    private static List<string>? TagsOf(InvocationExpressionSyntax invocation) =>
        Argument(invocation, "tags") is { } tags ? Literals(tags)
        : invocation.ArgumentList.Arguments.Count(a => a.NameColon is null) > 1 ? null
        : [];

    private static List<string>? Literals(ExpressionSyntax expression)
    {
        var elements = expression switch
        {
            CollectionExpressionSyntax collection => collection.Elements.Select(e => (e as ExpressionElementSyntax)?.Expression),
            ImplicitArrayCreationExpressionSyntax array => array.Initializer.Expressions,
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            _ => [null],
        };
        var literals = elements.Select(Literal).ToList();
        return literals.Contains(null) ? null : literals.OfType<string>().ToList();
    }
}
