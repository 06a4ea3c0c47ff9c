using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Cliply.Diagnostics.Docs.Tests.Configuration;

/// <summary>The XML documentation of the libraries, as Markdown.</summary>
internal static partial class XmlDocumentation
{
    private static readonly Dictionary<string, XElement> Members = Directory.GetFiles(AppContext.BaseDirectory, "Cliply.Diagnostics*.xml")
        .SelectMany(f => XDocument.Load(f, LoadOptions.PreserveWhitespace).Descendants("member"))
        .GroupBy(m => m.Attribute("name")!.Value, StringComparer.Ordinal)
        .ToDictionary(m => m.Key, m => m.First(), StringComparer.Ordinal);

    public static string Summary(Type type) => Text($"T:{type.FullName}", "summary");

    public static string Remarks(Type type) => Text($"T:{type.FullName}", "remarks");

    public static string Summary(PropertyInfo property) => Text($"P:{property.DeclaringType!.FullName}.{property.Name}", "summary");

    private static string Text(string member, string element) =>
        Members.GetValueOrDefault(member)?.Element(element) is { } text ? Space().Replace(string.Concat(text.Nodes().Select(n => ToMarkdown(n, member))), " ").Trim() : "";

    private static string ToMarkdown(XNode node, string of) => node switch
    {
        XText text => Escape(text.Value),
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } cref => $"`{Name(cref.Value, of)}`",
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("langword")?.Value}`",
        XElement element => string.Concat(element.Nodes().Select(n => ToMarkdown(n, of))),
        _ => "",
    };

    /// <summary>An option by its key, a constant by its value, everything else by its name.</summary>
    private static string Name(string cref, string of)
    {
        var name = cref[2..].Split('(')[0];
        var dot = name.LastIndexOf('.');
        var (type, member) = (OptionTypes.Find(name[..dot]), name[(dot + 1)..]);
        return cref[0] switch
        {
            'P' when of[2..].StartsWith(name[..(dot + 1)], StringComparison.Ordinal) => member,
            'P' when type is not null && OptionTypes.KeyOf(type, member) is { } key => key,
            'F' when type?.GetField(member) is { IsLiteral: true } constant => type.IsEnum ? member : $"{constant.GetRawConstantValue()}",
            'T' => member,
            _ => $"{name[..dot].Split('.')[^1]}.{member}",
        };
    }

    private static string Escape(string text) => text.Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
