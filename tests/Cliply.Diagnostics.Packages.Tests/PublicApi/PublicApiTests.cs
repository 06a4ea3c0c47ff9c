using System.Reflection;
using PublicApiGenerator;

namespace Cliply.Diagnostics.Packages.Tests.PublicApi;

/// <summary>What users can call is what was approved: a change here is a change for them.</summary>
public sealed class PublicApiTests
{
    private static readonly bool Accept = Environment.GetEnvironmentVariable("CLIPLY_ACCEPT") == "1";

    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        DenyNamespacePrefixes = [],
    };

    [Theory]
    [InlineData("Cliply.Diagnostics")]
    [InlineData("Cliply.Diagnostics.AspNetCore")]
    [InlineData("Cliply.Diagnostics.Docker")]
    [InlineData("Cliply.Diagnostics.Engine")]
    [InlineData("Cliply.Diagnostics.Kubernetes")]
    [InlineData("Cliply.Diagnostics.Prometheus")]
    [InlineData("Cliply.Diagnostics.Sqlite")]
    public async Task Assembly_IsAsApproved(string name)
    {
        var approved = Path.Combine(Repository.Root, "tests", "Cliply.Diagnostics.Packages.Tests", "PublicApi", $"{name}.txt");
        var api = Assembly.Load(name).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        var received = Path.ChangeExtension(approved, ".received.txt");
        File.Delete(received);
        if (File.Exists(approved) && await File.ReadAllTextAsync(approved, TestContext.Current.CancellationToken) == api)
        {
            return;
        }

        await File.WriteAllTextAsync(Accept ? approved : received, api, TestContext.Current.CancellationToken);
        if (!Accept)
        {
            Assert.Fail($"The public API of {name} has changed. Compare {Path.GetFileName(received)} with {Path.GetFileName(approved)}, and put it in its place if the change is meant; CLIPLY_ACCEPT=1 does so.");
        }
    }

    [Fact]
    public void Every_assembly_has_a_file()
    {
        var projects = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Where(p => !p!.EndsWith(".Cli", StringComparison.Ordinal) && !p.Contains(".Analyzers", StringComparison.Ordinal));

        Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Cliply.Diagnostics.Packages.Tests", "PublicApi"), "*.txt").Select(Path.GetFileNameWithoutExtension).Where(f => !f!.EndsWith(".received", StringComparison.Ordinal))
            .Should().BeEquivalentTo(projects);
    }
}
