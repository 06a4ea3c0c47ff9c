using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>A debugger finds each source file of a package, and no package tells where it was built.</summary>
public sealed class SourceLinkTests
{
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static TheoryData<string> Libraries => PackageTests.Libraries;

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Symbols_OfALibrary_LinkEachSourceToTheCommitOrHoldIt(string package)
    {
        var commit = await RepositoryAsync(package, "commit");
        using var symbols = await ReadAsync(package, ".snupkg", ".pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        var reader = provider.GetMetadataReader();
        var link = JsonDocument.Parse(reader.GetBlobBytes(CustomDebugInformation(reader, SourceLink).Single().Value)).RootElement.GetProperty("documents");
        var documents = reader.Documents.ToDictionary(handle => reader.GetString(reader.GetDocument(handle).Name));
        var embedded = CustomDebugInformation(reader, EmbeddedSource).Select(information => (DocumentHandle)information.Parent).ToHashSet();

        link.EnumerateObject().Select(document => $"{document.Name} {document.Value}").Should().Equal($"/_/* https://raw.githubusercontent.com/cliply/Cliply.Diagnostics/{commit}/*");
        var linked = documents.Where(document => !embedded.Contains(document.Value)).Select(document => document.Key).ToList();
        linked.Should().NotBeEmpty().And.OnlyContain(name => name.StartsWith($"/_/src/{package}/", StringComparison.Ordinal));
        linked.Select(name => name.Replace("/_", Repository.Root, StringComparison.Ordinal)).Should().OnlyContain(file => File.Exists(file));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Package_OfALibrary_NamesItsCommit(string package)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", "-C", Repository.Root, "rev-parse", "HEAD"]) { RedirectStandardOutput = true })!;
        var head = (await git.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();

        (await RepositoryAsync(package, "type")).Should().Be("git");
        (await RepositoryAsync(package, "url")).Should().Be("https://github.com/cliply/Cliply.Diagnostics");
        (await RepositoryAsync(package, "commit")).Should().Be(head, "./pack.sh packs the commit that the tests run on");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Library_BuiltInAFolder_HoldsNoPathOfIt(string package)
    {
        using var library = await ReadAsync(package, ".nupkg", ".dll");
        var bytes = library.ToArray();
        using var image = new PEReader(library);
        var pdb = image.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);

        image.ReadCodeViewDebugDirectoryData(pdb).Path.Should().Be($"/_/src/{package}/obj/Release/net10.0/{package}.pdb");
        bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)).Should().Be(-1);
        bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Repository.Root)).Should().Be(-1);
    }

    private static IEnumerable<CustomDebugInformation> CustomDebugInformation(MetadataReader reader, Guid kind) =>
        reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Where(information => reader.GetGuid(information.Kind) == kind);

    /// <summary>What a package says of its repository.</summary>
    private static async Task<string?> RepositoryAsync(string package, string attribute)
    {
        using var nuspec = await ReadAsync(package, ".nupkg", ".nuspec");
        return XDocument.Load(nuspec).Descendants().Single(element => element.Name.LocalName == "repository").Attribute(attribute)?.Value;
    }

    /// <summary>The file of a package that has the package's name and this extension.</summary>
    private static async Task<MemoryStream> ReadAsync(string package, string packageExtension, string extension)
    {
        using var archive = await ZipFile.OpenReadAsync(Path.Combine(Repository.Packages, $"{package}.0.1.0{packageExtension}"), TestContext.Current.CancellationToken);
        var copy = new MemoryStream();
        await using var entry = await archive.Entries.Single(e => e.Name == package + extension).OpenAsync(TestContext.Current.CancellationToken);
        await entry.CopyToAsync(copy, TestContext.Current.CancellationToken);
        copy.Position = 0;
        return copy;
    }
}
