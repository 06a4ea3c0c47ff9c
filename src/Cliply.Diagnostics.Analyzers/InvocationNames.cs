using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cliply.Diagnostics.Analyzers;

/// <summary>Names as they are written, so that most calls are passed over without asking what they mean.</summary>
internal static class InvocationNames
{
    /// <summary>The name that is called; null where it is no plain name.</summary>
    public static string? Name(this InvocationExpressionSyntax invocation) => invocation.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>Where the name stands, without what it is called on.</summary>
    public static Location NameLocation(this InvocationExpressionSyntax invocation) => invocation.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.GetLocation(),
        MemberBindingExpressionSyntax binding => binding.Name.GetLocation(),
        var other => other.GetLocation(),
    };

    /// <summary>All calls of the compilation by these names. Searches every file: only for where a rule has found something to look at.</summary>
    public static IEnumerable<InvocationExpressionSyntax> Invocations(this Compilation compilation, HashSet<string> names, CancellationToken cancellationToken) =>
        compilation.SyntaxTrees
            .Where(t => t.GetText(cancellationToken).ToString() is var text && names.Any(n => text.IndexOf(n, StringComparison.Ordinal) >= 0))
            .SelectMany(t => t.GetRoot(cancellationToken).DescendantNodes())
            .OfType<InvocationExpressionSyntax>()
            .Where(i => i.Name() is { } name && names.Contains(name));
}
