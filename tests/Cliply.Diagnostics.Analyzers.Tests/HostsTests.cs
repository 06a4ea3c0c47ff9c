using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Cliply.Diagnostics.Analyzers.Tests;

/// <summary>No rule reports in hosts of the shapes that are met in public repositories, which use the library well.</summary>
public sealed class HostsTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Hosts");

    public static TheoryData<string> Hosts => [.. Directory.GetFiles(Folder, "*.cs").Select(Path.GetFileName).Where(f => !f!.EndsWith(".Project.cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => f!)];

    [Fact]
    public void Hosts_AreThere() => Hosts.Should().HaveCount(9);

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Host_IsFine(string file) => (await ReportsAsync(file, text => text)).Should().BeEmpty();

    [Theory]
    [InlineData("MinimalApi.cs", "TimeSpan.FromMinutes(15)", "TimeSpan.FromDays(15)", "CLIPLY003")]
    [InlineData("Startup.cs", "Predicate = r => r.Name.Contains(\"self\"),", "", "CLIPLY001")]
    [InlineData("Worker.cs", ".AddWebhook(options => options.Url = builder.Configuration[\"ALERT_WEBHOOK\"])", "", "CLIPLY002")]
    [InlineData("TaggedProbes.cs", "check.Tags.Contains(Tags.Live)", "check.Tags.Contains(Tags.Ready)", "CLIPLY001")]
    [InlineData("Worker.cs", "Password={password};", "Password=canary-1;", "CLIPLY004")]
    [InlineData("ModularMonolith.cs", "DiagnoseAsync(cancellationToken)", "DiagnoseAsync()", "CLIPLY008")]
    [InlineData("OwnRunbook.cs", "\"disk-almost-full\"", "\"Disk almost full\"", "CLIPLY006")]
    [InlineData("OwnRunbook.cs", "$\"{resource.CpuPercent:0} %\"", "$\"{resource.CpuPercent:0} % of {Environment.MachineName}\"", "CLIPLY005")]
    [InlineData("GenericHost.cs", "await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(source.Token);", "host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(source.Token).Result;", "CLIPLY007")]
    public async Task Host_WithOneMistake_IsReported(string file, string right, string wrong, string rule)
    {
        var reports = await ReportsAsync(file, text =>
        {
            text.Should().Contain(right);
            return text.Replace(right, wrong, StringComparison.Ordinal);
        });

        reports.Should().ContainSingle().Which.Should().StartWith(rule);
    }

    private static async Task<List<string>> ReportsAsync(string file, Func<string, string> change)
    {
        var references = Source.References;
        var project = Path.Combine(Folder, Path.ChangeExtension(file, ".Project.cs"));
        if (File.Exists(project))
        {
            references = references.Add(Compile(Path.GetFileNameWithoutExtension(project), OutputKind.DynamicallyLinkedLibrary, references, await ReadAsync(project)).ToMetadataReference());
        }

        var host = Compile("Host", OutputKind.ConsoleApplication, references, change(await ReadAsync(Path.Combine(Folder, file))), Source.Usings);
        var diagnostics = await host.WithAnalyzers(RulesTests.Analyzers).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. diagnostics.Select(d => $"{d.Id} {d.Location.GetLineSpan().StartLinePosition}: {d.GetMessage(CultureInfo.InvariantCulture)}")];
    }

    private static CSharpCompilation Compile(string name, OutputKind kind, ImmutableArray<MetadataReference> references, params string[] sources)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(name, sources.Select(s => CSharpSyntaxTree.ParseText(s, options)), references, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
        compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Should().BeEmpty();
        return compilation;
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
}
