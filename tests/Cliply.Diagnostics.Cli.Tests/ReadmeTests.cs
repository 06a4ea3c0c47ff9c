using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));

    [Fact]
    public void Every_snippet_is_code_that_compiles()
    {
        var code = Lines(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ReadmeSnippets.cs")));

        var snippets = Snippet().Matches(Readme).Select(m => Lines(m.Groups["code"].Value)).ToList();

        snippets.Should().NotBeEmpty();
        foreach (var snippet in snippets)
        {
            Enumerable.Range(0, code.Length).Any(start => code.Skip(start).Take(snippet.Length).SequenceEqual(snippet)).Should().BeTrue($"this is to be copied into ReadmeSnippets:\n{string.Join('\n', snippet)}\n");
        }
    }

    [Fact]
    public void Every_registration_can_be_resolved()
    {
        foreach (var register in new Action<ReadmeSnippets.Builder>[] { ReadmeSnippets.Register, ReadmeSnippets.Share })
        {
            var services = new ServiceCollection();
            register(new ReadmeSnippets.Builder(services));
            using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

            provider.GetRequiredService<Collection.IFleetDiagnostics>().Should().NotBeNull();
        }
    }

    [Fact]
    public async Task Every_option_of_the_tool_exists()
    {
        var (_, help, _) = await Cliply.RunAsync(["diagnose", "--help"]);

        var options = ToolOption().Matches(string.Join('\n', Readme.Split('\n').Where(l => l.Contains("cliply diagnose", StringComparison.Ordinal)))).Select(m => m.Value).Distinct();

        options.Should().NotBeEmpty().And.OnlyContain(option => help.Contains(option, StringComparison.Ordinal));
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0)];

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Snippet();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex ToolOption();
}
