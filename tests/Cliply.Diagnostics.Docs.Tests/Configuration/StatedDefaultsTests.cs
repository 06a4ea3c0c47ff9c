using System.Globalization;
using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Docs.Tests.Configuration;

/// <summary>A default that the text states, as in <c>`SnapshotMaxAge` (5 s)</c>, is the option's.</summary>
public sealed partial class StatedDefaultsTests
{
    private static readonly IReadOnlyList<(string Key, object? Default)> Options = [.. OptionTypes.All.SelectMany(t => Defaults(t.Section, t.Type))];

    [Fact]
    public void Every_default_in_the_text_is_that_of_the_option()
    {
        // A decision tells what was true when it was made.
        var pages = Repository.PagesWithExamples.Where(p => !p.Name.StartsWith("docs/decisions/", StringComparison.Ordinal)).ToList();

        pages.SelectMany(p => p.Prose).Sum(l => Stated().Count(l.Text)).Should().BePositive();
        pages.SelectMany(p => p.Prose.SelectMany(l => Problems($"{p.Name}:{l.Number}", l.Text))).Should().BeEmpty();
    }

    [Theory]
    [InlineData("within `Probes:Budget` (1 s) whatever", "x: `Probes:Budget` (1 s) is not its default")]
    [InlineData("`JobStore:CountingCap` (1,000) rows", "x: `JobStore:CountingCap` (1,000) is not its default")]
    public void A_wrong_default_is_told(string text, string problem) => Problems("x", text).Should().ContainSingle().Which.Should().Be(problem);

    private static IEnumerable<string> Problems(string place, string text) =>
        from stated in Stated().Matches(text)
        let options = Options.Where(o => $":{o.Key}".EndsWith($":{stated.Groups["key"].Value}", StringComparison.Ordinal)).ToList()
        where options.Count > 0 && !options.Exists(o => Equals(o.Default, Value(stated)))
        select $"{place}: {stated.Value} is not its default";

    private static object Value(Match stated)
    {
        var number = double.Parse(stated.Groups["number"].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
        return stated.Groups["unit"].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "min" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => (int)number,
        };
    }

    private static IEnumerable<(string, object?)> Defaults(string path, Type type)
    {
        var defaults = Activator.CreateInstance(type);
        return OptionTypes.Options(type).SelectMany(p => OptionTypes.IsNested(p.PropertyType) ? Defaults($"{path}:{p.Name}", p.PropertyType) : [($"{path}:{p.Name}", p.GetValue(defaults))]);
    }

    [GeneratedRegex(@"`(?<key>[A-Z][A-Za-z:]+)` \((?<number>\d[\d,.]*)(?: (?<unit>ms|s|min|h))?[);]", RegexOptions.ExplicitCapture)]
    private static partial Regex Stated();
}
