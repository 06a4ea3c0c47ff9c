using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Docs.Tests;

public sealed partial class VersionTests
{
    /// <summary>What a reader copies into a project file is the version that the packages have.</summary>
    [Fact]
    public void Every_reference_to_our_packages_has_their_version()
    {
        var version = Prefix().Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"))).Groups["version"].Value;

        var stated = Repository.PagesWithExamples.SelectMany(p => p.Blocks).Where(b => b.Language == "xml").SelectMany(b => Reference().Matches(b.Code).Select(m => m.Groups["version"].Value)).ToList();

        stated.Should().NotBeEmpty().And.OnlyContain(v => v == version);
    }

    [GeneratedRegex("<VersionPrefix>(?<version>[^<]+)<", RegexOptions.ExplicitCapture)]
    private static partial Regex Prefix();

    [GeneratedRegex("Include=\"Cliply[^\"]*\" Version=\"(?<version>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
