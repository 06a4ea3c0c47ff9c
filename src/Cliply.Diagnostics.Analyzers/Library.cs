using Microsoft.CodeAnalysis;

namespace Cliply.Diagnostics.Analyzers;

/// <summary>What belongs to Cliply.Diagnostics.</summary>
internal static class Library
{
    private const string Name = "Cliply.Diagnostics";

    /// <summary>Whether the compilation uses the library, so that the rules have something to look at.</summary>
    public static bool IsUsedBy(Compilation compilation) => compilation.ReferencedAssemblyNames.Any(a => IsName(a.Name));

    public static bool Declares(ISymbol? symbol) => symbol?.ContainingAssembly is { } assembly && IsName(assembly.Name);

    /// <summary>The types of the library's assemblies that the compilation references.</summary>
    public static IEnumerable<INamedTypeSymbol> Types(Compilation compilation) =>
        compilation.SourceModule.ReferencedAssemblySymbols.Where(a => IsName(a.Name)).SelectMany(a => Types(a.GlobalNamespace));

    public static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space) => space.GetTypeMembers().Concat(space.GetNamespaceMembers().SelectMany(Types));

    public static bool Implements(ITypeSymbol type, string name) => type.AllInterfaces.Any(i => i.Name == name && Declares(i));

    // Samples, tests and a host's own projects may begin with the same words.
    public static bool IsName(string name) =>
        name == Name || name is Name + ".AspNetCore" or Name + ".Docker" or Name + ".Engine" or Name + ".Kubernetes" or Name + ".Prometheus" or Name + ".Sqlite";
}
