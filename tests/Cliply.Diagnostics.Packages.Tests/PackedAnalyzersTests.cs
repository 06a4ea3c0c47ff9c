using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>The analyzers come with the package, and the compiler of a project that refers to it loads them.</summary>
public sealed partial class PackedAnalyzersTests
{
    private const string Program = """
        using Cliply.Diagnostics.Classification;
        using Cliply.Diagnostics.Collection;
        using Cliply.Diagnostics.Reports;
        using Cliply.Diagnostics.Scenarios;

        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddCliplyHealthChecks(options =>
        {
            options.ConnectionString = "Host=db;Username=app;Password=canary-1";
            options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(20);
            options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);
        });
        var app = builder.Build();
        app.MapHealthChecks("/livez");
        app.MapGet("/now", (IFleetDiagnostics diagnostics) => diagnostics.DiagnoseAsync().Result.Report.Status.ToString());
        app.MapGet("/later", async (IFleetDiagnostics diagnostics, CancellationToken token) => (await diagnostics.DiagnoseAsync()).Report.Status.ToString());
        app.Run();

        internal sealed class NightScenario : IScenario
        {
            public string Code => "queue-backlog";

            public Diagnosis? Diagnose(FleetFacts facts) => DateTime.UtcNow.Hour > 6 ? null : null;
        }
        """;

    [Fact]
    public async Task I_am_warned_by_the_packed_analyzers()
    {
        using var project = await NewProject.CreateAsync("Microsoft.NET.Sdk.Web", ["Cliply.Diagnostics.AspNetCore"], Program, "<TreatWarningsAsErrors>false</TreatWarningsAsErrors>");

        Reports(await project.DotnetAsync("build", "--configuration", "Release")).Should().Equal(
            "CLIPLY001 warning 14",
            "CLIPLY003 warning 10",
            "CLIPLY004 warning 9",
            "CLIPLY005 warning 23",
            "CLIPLY006 warning 21",
            "CLIPLY007 warning 15",
            "CLIPLY008 warning 16");
    }

    [Fact]
    public async Task I_can_set_severities_in_editorconfig()
    {
        using var project = await NewProject.CreateAsync(
            "Microsoft.NET.Sdk.Worker",
            ["Cliply.Diagnostics", "Microsoft.Extensions.Hosting"],
            """
            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.AddCliplyHealthChecks(options => options.Thresholds.CpuPercent = 150);
            builder.Build().Run();
            """,
            "<TreatWarningsAsErrors>false</TreatWarningsAsErrors>");
        var before = await project.DotnetAsync("build", "--configuration", "Release");

        await File.WriteAllTextAsync(project.PathOf(".editorconfig"), """
            root = true

            [*.cs]
            dotnet_diagnostic.CLIPLY002.severity = none
            dotnet_diagnostic.CLIPLY003.severity = error
            """, TestContext.Current.CancellationToken);
        var build = () => project.DotnetAsync("build", "--configuration", "Release");

        Reports(before).Should().Equal("CLIPLY002 warning 2", "CLIPLY003 warning 2");
        Reports((await build.Should().ThrowAsync<Xunit.Sdk.XunitException>()).Which.Message).Should().Equal("CLIPLY003 error 2");
    }

    [Fact]
    public async Task Package_HoldsTheAnalyzersForOldAndNewCompilers()
    {
        using var archive = await ZipFile.OpenReadAsync(Path.Combine(Repository.Packages, "Cliply.Diagnostics.0.1.0.nupkg"), TestContext.Current.CancellationToken);
        var analyzers = archive.Entries.Where(e => e.FullName.StartsWith("analyzers/", StringComparison.Ordinal)).ToList();

        analyzers.Select(e => e.FullName).Should().BeEquivalentTo("analyzers/dotnet/cs/Cliply.Diagnostics.Analyzers.dll", "analyzers/dotnet/cs/Cliply.Diagnostics.Analyzers.CodeFixes.dll");
        (await ReferencesAsync(analyzers.Single(e => e.Name == "Cliply.Diagnostics.Analyzers.dll"))).Should().Contain("Microsoft.CodeAnalysis 4.8.0.0").And.Contain("netstandard 2.0.0.0").And.NotContain(r => r.Contains("Workspaces", StringComparison.Ordinal), "the compiler has none");
        (await ReferencesAsync(analyzers.Single(e => e.Name == "Cliply.Diagnostics.Analyzers.CodeFixes.dll"))).Should().Contain("Microsoft.CodeAnalysis.Workspaces 4.8.0.0");
    }

    /// <summary>What the rules report, once each, with the line.</summary>
    private static IEnumerable<string> Reports(string output) => Report().Matches(output).Select(m => $"{m.Groups["rule"]} {m.Groups["severity"]} {m.Groups["line"]}").Distinct().Order(StringComparer.Ordinal);

    private static async Task<List<string>> ReferencesAsync(ZipArchiveEntry entry)
    {
        using var copy = new MemoryStream();
        await using (var stream = await entry.OpenAsync(TestContext.Current.CancellationToken))
        {
            await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        }

        copy.Position = 0;
        using var image = new PEReader(copy);
        var reader = image.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(reader.GetAssemblyReference).Select(r => $"{reader.GetString(r.Name)} {r.Version}")];
    }

    [GeneratedRegex(@"Program\.cs\((?<line>\d+),\d+\): (?<severity>\w+) (?<rule>CLIPLY\d+): ", RegexOptions.ExplicitCapture)]
    private static partial Regex Report();
}
