using System.Reflection;
using Cliply.Diagnostics.AspNetCore.Probes;
using Cliply.Diagnostics.Docker;
using Cliply.Diagnostics.Kubernetes;
using Cliply.Diagnostics.Prometheus;

namespace Cliply.Diagnostics.Docs.Tests.Configuration;

/// <summary>The sections of the configuration: the public classes with the constant <c>SectionName</c>.</summary>
internal static class OptionTypes
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(CliplyDiagnosticsOptions).Assembly,
        typeof(ProbeOptions).Assembly,
        typeof(DockerOptions).Assembly,
        typeof(KubernetesOptions).Assembly,
        typeof(PrometheusOptions).Assembly,
        Assembly.Load("Cliply.Diagnostics.Sqlite"),
    ];

    /// <summary>The root first, then by section.</summary>
    public static IReadOnlyList<(string Section, Type Type)> All { get; } =
    [
        .. Assemblies.SelectMany(a => a.GetExportedTypes())
            .Select(t => (Section: t.GetField("SectionName")?.GetRawConstantValue() as string, Type: t))
            .Where(t => t.Section is not null)
            .Select(t => (t.Section!, t.Type))
            .OrderBy(t => t.Item1, StringComparer.Ordinal),
    ];

    public static IEnumerable<PropertyInfo> Options(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetMethod is not null && p.SetMethod is { IsPublic: true }).OrderBy(p => p.MetadataToken);

    /// <summary>Whether an option holds options of its own.</summary>
    public static bool IsNested(Type type) => type is { IsClass: true, IsAbstract: false } && type != typeof(string) && Assemblies.Append(typeof(Classification.DiagnosisThresholds).Assembly).Contains(type.Assembly);

    /// <summary>A type of the libraries by its full name; null where there is none.</summary>
    public static Type? Find(string fullName) => Assemblies.Append(typeof(Classification.DiagnosisThresholds).Assembly).Select(a => a.GetType(fullName)).FirstOrDefault(t => t is not null);

    /// <summary>The key of an option below the root section; null where it is none.</summary>
    public static string? KeyOf(Type type, string option)
    {
        foreach (var (section, root) in All)
        {
            var path = section == CliplyDiagnosticsOptions.SectionName ? "" : $"{section[(CliplyDiagnosticsOptions.SectionName.Length + 1)..]}:";
            if (PathTo(root, type, path) is { } found)
            {
                return found + option;
            }
        }

        return null;
    }

    private static string? PathTo(Type from, Type to, string path) =>
        from == to ? path : Options(from).Where(p => IsNested(p.PropertyType)).Select(p => PathTo(p.PropertyType, to, $"{path}{p.Name}:")).FirstOrDefault(p => p is not null);

    /// <summary>What a list holds, or null where the type is none.</summary>
    public static Type? ItemOf(Type type) => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IList<>) ? type.GetGenericArguments()[0] : null;

    public static bool IsDictionary(Type type) => type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IDictionary<,>);
}
