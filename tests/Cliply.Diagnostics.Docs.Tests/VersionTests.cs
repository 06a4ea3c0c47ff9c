using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Cliply.Diagnostics.Docs.Tests;

/// <summary>What a reader copies into a project file are the versions that the packages have, and those that they are tested with.</summary>
public sealed partial class VersionTests
{
    [Fact]
    public void Every_reference_has_the_version_that_is_built_with()
    {
        var ours = Read("Directory.Build.props", "VersionPrefix").Single().Value;
        var others = Read("Directory.Packages.props", "PackageVersion").ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value, StringComparer.Ordinal);

        var references = Repository.PagesWithExamples.SelectMany(p => p.Blocks).Where(b => b.Language == "xml").SelectMany(b => Reference().Matches(b.Code)).Select(m => (Name: m.Groups["name"].Value, Version: m.Groups["version"].Value)).ToList();

        references.Should().NotBeEmpty().And.OnlyContain(r => r.Version == (r.Name.StartsWith("Cliply.", StringComparison.Ordinal) ? ours : others[r.Name]));
    }

    private static IEnumerable<XElement> Read(string file, string element) => XDocument.Load(Path.Combine(Repository.Root, file)).Descendants(element);

    [GeneratedRegex("Include=\"(?<name>[^\"]+)\" Version=\"(?<version>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
