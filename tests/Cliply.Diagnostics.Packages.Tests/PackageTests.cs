using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>What is in each package, and what it brings along.</summary>
public sealed partial class PackageTests
{
    private const string Home = "https://github.com/cliply/Cliply.Diagnostics";
    private const string Documents = Home + "/blob/main/";
    private const string Images = "https://raw.githubusercontent.com/cliply/Cliply.Diagnostics/main/";

    /// <summary>Each package with exactly the packages that it depends on, each for a reason.</summary>
    public static TheoryData<string, string[]> Dependencies => new()
    {
        { "Cliply.Diagnostics.Engine", [] },
        {
            "Cliply.Diagnostics",
            [
                "Cliply.Diagnostics.Engine 0.1.0", "CliWrap 3.10.5", "Microsoft.Extensions.Caching.Abstractions 10.0.15", "Microsoft.Extensions.Diagnostics 10.0.15",
                "Microsoft.Extensions.Diagnostics.HealthChecks 10.0.15", "Microsoft.Extensions.Logging 10.0.15", "Microsoft.Extensions.Options.ConfigurationExtensions 10.0.15", "Npgsql 10.0.3", "Polly.Core 8.9.1",
            ]
        },
        { "Cliply.Diagnostics.AspNetCore", ["Cliply.Diagnostics 0.1.0", "framework Microsoft.AspNetCore.App"] },
        { "Cliply.Diagnostics.Docker", ["Cliply.Diagnostics 0.1.0", "Docker.DotNet.Enhanced 4.3.3", "YamlDotNet 18.0.0"] },
        { "Cliply.Diagnostics.Kubernetes", ["Cliply.Diagnostics 0.1.0", "CliWrap 3.10.5", "KubernetesClient.Aot 21.0.8"] },
        { "Cliply.Diagnostics.Prometheus", ["Cliply.Diagnostics 0.1.0"] },
        { "Cliply.Diagnostics.Sqlite", ["Cliply.Diagnostics 0.1.0", "Microsoft.Data.Sqlite 10.0.15"] },
    };

    public static TheoryData<string> Libraries => [.. Dependencies.Select(d => d.Data.Item1)];

    [Fact]
    public void Folder_HoldsThePackagesAndNoOthers() =>
        Directory.GetFiles(Repository.Packages, "*.nupkg").Select(f => Path.GetFileName(f).Replace(".0.1.0.nupkg", "", StringComparison.Ordinal)).Should().BeEquivalentTo(
            Dependencies.Select(d => d.Data.Item1).Concat(["Cliply.Diagnostics.Cli", "Cliply.Diagnostics.Cli.any", "Cliply.Diagnostics.Cli.linux-x64"]));

    [Theory]
    [MemberData(nameof(Dependencies))]
    public void Package_DependsOnWhatIsIntended(string package, string[] expected)
    {
        var metadata = Nuspec(package);
        var groups = metadata.Descendants(Name(metadata, "group")).Where(g => g.Parent!.Name.LocalName == "dependencies").ToList();

        groups.Select(g => g.Attribute("targetFramework")!.Value).Should().Equal("net10.0");
        metadata.Descendants(Name(metadata, "dependency")).Select(d => $"{d.Attribute("id")!.Value} {d.Attribute("version")!.Value}")
            .Concat(metadata.Descendants(Name(metadata, "frameworkReference")).Select(f => $"framework {f.Attribute("name")!.Value}"))
            .Should().BeEquivalentTo(expected);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_TellsWhatItIs(string package)
    {
        var metadata = Nuspec(package);

        Value("license").Should().Be("MIT");
        Value("readme").Should().Be("README.md");
        Value("icon").Should().Be("icon.png");
        Value("projectUrl").Should().Be(Home);
        Value("description").Should().EndWith(".").And.MatchRegex("^.{40,}$");
        Value("tags").Should().Contain("health-checks");
        Value("releaseNotes").Should().StartWith("## 0.1.0").And.Contain("\n- ").And.NotContain("\n## ");
        metadata.Descendants(Name(metadata, "repository")).Should().ContainSingle().Which.Attribute("url")!.Value.Should().Be(Home);

        string Value(string name) => metadata.Element(Name(metadata, name))!.Value;
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Package_HoldsTheLibraryItsDocumentationAndSymbols(string package)
    {
        using var archive = await ZipFile.OpenReadAsync(File(package, ".nupkg"), TestContext.Current.CancellationToken);
        using var symbols = await ZipFile.OpenReadAsync(File(package, ".snupkg"), TestContext.Current.CancellationToken);

        archive.Entries.Select(e => e.FullName).Should().Contain([$"lib/net10.0/{package}.dll", $"lib/net10.0/{package}.xml", "README.md", "icon.png"])
            .And.OnlyContain(e => !e.EndsWith(".pdb", StringComparison.Ordinal));
        symbols.Entries.Select(e => e.FullName).Should().Contain($"lib/net10.0/{package}.pdb");
        (await ReadAsync(archive, $"lib/net10.0/{package}.xml")).Should().Contain("<summary>");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Readme_OfAPackage_IsThatOfTheRepositoryWithLinksThatWorkElsewhere(string package)
    {
        using var archive = await ZipFile.OpenReadAsync(File(package, ".nupkg"), TestContext.Current.CancellationToken);
        var readme = await ReadAsync(archive, "README.md");
        var links = MarkdownLink().Matches(readme).Select(m => m.Groups["target"].Value).ToList();

        readme.Should().NotContain("<img").And.Contain($"![The page on a phone: ffmpeg is not available]({Images}docs/images/page-phone.png)").And.Contain($"[docs]({Documents}docs/README.md)");
        links.Should().OnlyContain(link => link.StartsWith(Images, StringComparison.Ordinal) || link.StartsWith(Documents, StringComparison.Ordinal));
        links.Should().OnlyContain(link => System.IO.File.Exists(Path.Combine(Repository.Root, link.Replace(Images, "", StringComparison.Ordinal).Replace(Documents, "", StringComparison.Ordinal))));
        MarkdownLink().Replace(readme, "link").Should().Be(HtmlImageOrMarkdownLink().Replace(await System.IO.File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken), "link"));
    }

    [Fact]
    public async Task Packing_Twice_GivesTheSameBytes()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-twice-");
        try
        {
            foreach (var time in new[] { "1", "2" })
            {
                var start = new ProcessStartInfo("dotnet", ["pack", Path.Combine(Repository.Root, "Cliply.Diagnostics.sln"), "-c", "Release", "--no-build", "-o", Path.Combine(folder.FullName, time), "-v", "quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true };
                start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
                using var process = Process.Start(start)!;
                var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                process.ExitCode.Should().Be(0, output);
            }

            var names = Directory.GetFiles(Path.Combine(folder.FullName, "1")).Select(f => Path.GetFileName(f)).ToList();
            names.Should().BeEquivalentTo(Dependencies.Select(d => d.Data.Item1).SelectMany(p => new[] { $"{p}.0.1.0.nupkg", $"{p}.0.1.0.snupkg" }).Append("Cliply.Diagnostics.Cli.0.1.0.nupkg"));
            foreach (var name in names)
            {
                var first = await System.IO.File.ReadAllBytesAsync(Path.Combine(folder.FullName, "1", name), TestContext.Current.CancellationToken);
                var second = await System.IO.File.ReadAllBytesAsync(Path.Combine(folder.FullName, "2", name), TestContext.Current.CancellationToken);
                first.SequenceEqual(second).Should().BeTrue(name);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ReadAsync(ZipArchive archive, string entry)
    {
        using var reader = new StreamReader(await archive.GetEntry(entry)!.OpenAsync());
        return await reader.ReadToEndAsync();
    }

    private static string File(string package, string extension) => Path.Combine(Repository.Packages, $"{package}.0.1.0{extension}");

    private static XElement Nuspec(string package)
    {
        using var archive = ZipFile.OpenRead(File(package, ".nupkg"));
        using var stream = archive.GetEntry($"{package}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static XName Name(XElement metadata, string name) => metadata.Name.Namespace + name;

    [GeneratedRegex(@"!?\[[^]]*\]\((?<target>[^)]*)\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"!?\[[^]]*\]\([^)]*\)|<img [^>]*>")]
    private static partial Regex HtmlImageOrMarkdownLink();
}
