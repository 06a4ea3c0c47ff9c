using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Cliply.Diagnostics.Analyzers.Scenarios;

/// <summary>What an operation depends on, or changes, beyond what it is given.</summary>
internal sealed class Impurity(string does, string remedy, Location location)
{
    private const string Measure = "measure it in a collector, or take it from the constructor";

    private static readonly HashSet<string> Clocks = ["Stopwatch", "TimeProvider", "PeriodicTimer", "Timer"];

    private static readonly HashSet<string> Files =
        ["File", "Directory", "FileInfo", "DirectoryInfo", "FileSystemInfo", "FileStream", "DriveInfo", "FileSystemWatcher", "RandomAccess", "Console"];

    private static readonly HashSet<string> Changes =
        ["Add", "AddOrUpdate", "AddRange", "Append", "Clear", "Dequeue", "Enqueue", "Increment", "Insert", "Pop", "Push", "Remove", "RemoveAll", "RemoveAt", "TryAdd", "TryDequeue", "TryRemove", "TryTake", "TryUpdate", "UnionWith"];

    public string Does { get; } = does;

    public string Remedy { get; } = remedy;

    public Location Location { get; } = location;

    public static Impurity? Of(IOperation operation) => operation switch
    {
        _ when IsNamedOnly(operation) => null,
        IPropertyReferenceOperation property => OfMember(property.Property, operation) ?? OfState(property.Property, property.Instance, operation),
        IInvocationOperation invocation => OfMember(invocation.TargetMethod, operation) ?? OfChange(invocation),
        IObjectCreationOperation { Constructor: { } constructor } => OfMember(constructor, operation),
        IFieldReferenceOperation { Field: { IsConst: false } field } reference => OfState(field, reference.Instance, operation),
        _ => null,
    };

    /// <summary>Within nameof, which reads nothing.</summary>
    private static bool IsNamedOnly(IOperation operation)
    {
        while (operation.Parent is IMemberReferenceOperation { } or INameOfOperation)
        {
            operation = operation.Parent;
        }

        return operation is INameOfOperation;
    }

    private static Impurity? OfMember(ISymbol member, IOperation operation)
    {
        var type = member.ContainingType;
        var space = type?.ContainingNamespace?.ToDisplayString() ?? "";
        if (!space.StartsWith("System", StringComparison.Ordinal))
        {
            return null;
        }

        var text = member is IMethodSymbol { MethodKind: MethodKind.Constructor } ? $"new {type!.Name}" : $"{type!.Name}.{member.Name}";
        if (type.Name is "DateTime" or "DateTimeOffset" && member.Name is "Now" or "UtcNow" or "Today" || Clocks.Contains(type.Name) && member.Name != "System" || type.Name == "Environment" && member.Name is "TickCount" or "TickCount64")
        {
            return At("reads the clock", "take the time from the snapshot's CapturedAt");
        }

        if (type.Name is "Environment" && member.Name != "NewLine" || type.Name == "Process" && space == "System.Diagnostics")
        {
            return At("reads the environment", Measure);
        }

        if (space is "System.IO" or "System" && Files.Contains(type.Name) || type.Name == "Path" && member.Name is "GetTempPath" or "GetTempFileName" or "GetFullPath" or "Exists" || type.Name is "StreamReader" or "StreamWriter" && member is IMethodSymbol { Parameters: { Length: > 0 } parameters } && parameters[0].Type.SpecialType == SpecialType.System_String)
        {
            return At("reads or writes files", Measure);
        }

        if (space is "System.Net" && type.Name is "Dns" or "WebClient" or "WebRequest" || space.StartsWith("System.Net.Http", StringComparison.Ordinal) || space.StartsWith("System.Net.Sockets", StringComparison.Ordinal)
            || space == "System.Net.NetworkInformation" || space == "System.Net.WebSockets" || space == "System.Data.Common")
        {
            return At("uses the network", Measure);
        }

        return type.Name is "Random" or "RandomNumberGenerator" && member.Name != "Shared" || type.Name == "Guid" && member.Name.StartsWith("New", StringComparison.Ordinal) || type.Name == "Guid" && member.Name.StartsWith("CreateVersion", StringComparison.Ordinal)
            ? At("is random", "derive it from the snapshot")
            : null;

        Impurity At(string does, string remedy) => new($"{does} ({text})", remedy, operation.Syntax.GetLocation());
    }

    /// <summary>A static field or property that can change, and a write to the object's own.</summary>
    private static Impurity? OfState(ISymbol member, IOperation? instance, IOperation operation)
    {
        var canChange = member switch
        {
            IFieldSymbol field => !field.IsReadOnly,
            IPropertySymbol property => property.SetMethod is { IsInitOnly: false },
            _ => false,
        };
        if (!canChange)
        {
            return null;
        }

        if (member.IsStatic)
        {
            return new($"uses static state that can change ({member.ContainingType.Name}.{member.Name})", "keep no state between two calls", operation.Syntax.GetLocation());
        }

        return instance is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } && IsWritten(operation)
            ? new($"changes its own state ({member.Name})", "keep no state between two calls", operation.Syntax.GetLocation())
            : null;
    }

    /// <summary>A call that changes a collection in a static field. GetOrAdd may only remember what it would work out again.</summary>
    private static Impurity? OfChange(IInvocationOperation invocation) =>
        Changes.Contains(invocation.TargetMethod.Name) && IsOfCollections(invocation.TargetMethod.ContainingType) && (invocation.Instance ?? invocation.Arguments.FirstOrDefault()?.Value) is { } changed && Static(changed) is { } member && !member.Name.StartsWith("Empty", StringComparison.Ordinal) && !IsImmutable(changed.Type)
            ? new($"uses static state that can change ({member.ContainingType.Name}.{member.Name})", "keep no state between two calls", invocation.Syntax.GetLocation())
            : null;

    /// <summary>Other classes, LINQ among them, may have methods of these names that change nothing.</summary>
    private static bool IsOfCollections(INamedTypeSymbol type) => type.ContainingNamespace?.ToDisplayString() is { } space && (space.StartsWith("System.Collections", StringComparison.Ordinal) || space is "System.Text" or "System.Threading");

    private static ISymbol? Static(IOperation operation) => operation switch
    {
        IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field } => field,
        IPropertyReferenceOperation { Property: { IsStatic: true, SetMethod: null } property } => property,
        _ => null,
    };

    private static bool IsImmutable(ITypeSymbol? type) => type is null || type.IsValueType || type.SpecialType == SpecialType.System_String || type.Name.StartsWith("Immutable", StringComparison.Ordinal) || type.Name.StartsWith("Frozen", StringComparison.Ordinal);

    private static bool IsWritten(IOperation operation) => operation.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == operation,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
        _ => false,
    };
}
