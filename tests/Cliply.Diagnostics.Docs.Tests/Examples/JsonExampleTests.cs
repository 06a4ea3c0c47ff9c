using System.ComponentModel;
using System.Text.Json;
using Cliply.Diagnostics.Docs.Tests.Configuration;

namespace Cliply.Diagnostics.Docs.Tests.Examples;

/// <summary>Every example in JSON parses, and one of the configuration sets options that exist to values that they take.</summary>
public sealed class JsonExampleTests
{
    [Fact]
    public void Every_example_is_json_with_keys_that_exist()
    {
        var blocks = Repository.PagesWithExamples.SelectMany(p => p.Blocks).Where(b => b.Language == "json").ToList();

        blocks.Should().NotBeEmpty();
        blocks.SelectMany(Problems).Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{ "Cliply": { "Diagnostics": { "Threshold": { "BacklogJobs": 1 } } } }""", "Cliply:Diagnostics:Threshold is no option")]
    [InlineData("""{ "Cliply": { "Diagnostics": { "Thresholds": { "BacklogJob": 1 } } } }""", "Cliply:Diagnostics:Thresholds:BacklogJob is no option")]
    [InlineData("""{ "Cliply": { "Diagnostics": { "Docker": { "Container": 1 } } } }""", "Cliply:Diagnostics:Docker:Container is no option")]
    [InlineData("""{ "Cliply": { "Diagnostics": { "SnapshotMaxAge": "5s" } } }""", "Cliply:Diagnostics:SnapshotMaxAge is no TimeSpan")]
    [InlineData("""{ "Cliply": { "Diagnostics": { } }""", "is no JSON")]
    public void A_wrong_example_is_told(string json, string problem) =>
        Problems(new MarkdownBlock(new MarkdownFile("docs/x.md", "", []), "json", 7, json)).Should().ContainSingle().Which.Should().Be($"docs/x.md:7: {problem}");

    private static IEnumerable<string> Problems(MarkdownBlock block)
    {
        JsonElement root;
        try
        {
            root = JsonElement.Parse(block.Code);
        }
        catch (JsonException)
        {
            return [$"{block}: is no JSON"];
        }

        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("Cliply", out var cliply) && cliply.TryGetProperty("Diagnostics", out var options)
            ? Problems(CliplyDiagnosticsOptions.SectionName, typeof(CliplyDiagnosticsOptions), options).Select(p => $"{block}: {p}")
            : [];
    }

    private static IEnumerable<string> Problems(string path, Type type, JsonElement value)
    {
        if (OptionTypes.IsNested(type))
        {
            foreach (var member in value.EnumerateObject())
            {
                var key = $"{path}:{member.Name}";
                var option = OptionTypes.All.FirstOrDefault(t => t.Section == key).Type ?? OptionTypes.Options(type).FirstOrDefault(p => p.Name == member.Name)?.PropertyType;
                foreach (var problem in option is null ? [$"{key} is no option"] : Problems(key, option, member.Value))
                {
                    yield return problem;
                }
            }
        }
        else if (OptionTypes.ItemOf(type) is { } item)
        {
            foreach (var problem in value.EnumerateArray().SelectMany((v, i) => Problems(FormattableString.Invariant($"{path}:{i}"), item, v)))
            {
                yield return problem;
            }
        }
        else if (!OptionTypes.IsDictionary(type) && !TypeDescriptor.GetConverter(type).IsValid(value.ToString()))
        {
            yield return $"{path} is no {type.Name}";
        }
    }
}
