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

    private static readonly HashSet<string> Network =
    [
        "Dns", "WebClient", "WebRequest", "HttpMessageInvoker", "HttpClientJsonExtensions", "Socket", "TcpClient", "UdpClient", "Ping", "WebSocket", "NetworkInterface", "IPGlobalProperties",
        "DbConnection", "DbCommand", "DbDataReader", "DbDataSource",
    ];

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
        if (member.ContainingType is not { } type)
        {
            return null;
        }

        var isConstructor = member is IMethodSymbol { MethodKind: MethodKind.Constructor };
        var parameters = (member as IMethodSymbol)?.Parameters.Length ?? 0;
        var text = isConstructor ? $"new {type.Name}" : $"{type.Name}.{member.Name}";
        return OfFramework(type).Select(t => t.Name switch
        {
            "DateTime" or "DateTimeOffset" when member.Name is "Now" or "UtcNow" or "Today" => Clock(),
            "Environment" when member.Name is "TickCount" or "TickCount64" => Clock(),
            "Environment" when member.Name != "NewLine" => At("reads the environment", Measure),
            "Process" => At("reads the environment", Measure),
            "Path" when member.Name is "GetTempPath" or "GetTempFileName" or "GetFullPath" or "Exists" => At("reads or writes files", Measure),
            "StreamReader" or "StreamWriter" when isConstructor && parameters > 0 && ((IMethodSymbol)member).Parameters[0].Type.SpecialType == SpecialType.System_String => At("reads or writes files", Measure),
            "Random" when member.Name == "Shared" || (isConstructor && parameters == 0) => Chance(),
            "RandomNumberGenerator" => Chance(),
            "Guid" when member.Name is "NewGuid" or "CreateVersion7" => Chance(),
            var name when Clocks.Contains(name) && member.Name != "System" => Clock(),
            var name when Files.Contains(name) => At("reads or writes files", Measure),
            var name when Network.Contains(name) => At("uses the network", Measure),
            _ => null,
        }).FirstOrDefault(i => i is not null);

        Impurity Clock() => At("reads the clock", "take the time from the snapshot's CapturedAt");

        Impurity Chance() => At("is random", "derive it from the snapshot");

        Impurity At(string does, string remedy) => new($"{does} ({text})", remedy, operation.Syntax.GetLocation());
    }

    /// <summary>The type and those it derives from, as far as they are the framework's: a driver's connection is a DbConnection.</summary>
    private static IEnumerable<INamedTypeSymbol> OfFramework(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.ContainingNamespace is { } space && (space.ToDisplayString() + ".").StartsWith("System.", StringComparison.Ordinal))
            {
                yield return current;
            }
        }
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
