using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Cliply.Diagnostics.Docs.Tests.Configuration;

/// <summary>The XML documentation of the libraries, as Markdown.</summary>
internal static partial class XmlDocumentation
{
    private static readonly Dictionary<string, XElement> Members = Directory.GetFiles(AppContext.BaseDirectory, "Cliply.Diagnostics*.xml")
        .SelectMany(f => XDocument.Load(f).Descendants("member"))
        .GroupBy(m => m.Attribute("name")!.Value, StringComparer.Ordinal)
        .ToDictionary(m => m.Key, m => m.First(), StringComparer.Ordinal);

    public static string Summary(Type type) => Text($"T:{type.FullName}", "summary");

    public static string Remarks(Type type) => Text($"T:{type.FullName}", "remarks");

    public static string Summary(PropertyInfo property) => Text($"P:{property.DeclaringType!.FullName}.{property.Name}", "summary");

    private static string Text(string member, string element) =>
        Members.GetValueOrDefault(member)?.Element(element) is { } text ? Space().Replace(string.Concat(text.Nodes().Select(ToMarkdown)), " ").Trim() : "";

    private static string ToMarkdown(XNode node) => node switch
    {
        XText text => Escape(text.Value),
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } cref => $"`{Name(cref.Value)}`",
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("langword")?.Value}`",
        XElement element => string.Concat(element.Nodes().Select(ToMarkdown)),
        _ => "",
    };

    /// <summary>A member by its own name with that of its type where it is no option of the page, so that it can be searched for.</summary>
    private static string Name(string cref)
    {
        var parts = cref[2..].Split('(')[0].Split('.');
        return cref[0] is 'T' || parts[^2].EndsWith("Options", StringComparison.Ordinal) || parts[^2] == "DiagnosisThresholds" ? parts[^1] : $"{parts[^2]}.{parts[^1]}";
    }

    private static string Escape(string text) => text.Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
