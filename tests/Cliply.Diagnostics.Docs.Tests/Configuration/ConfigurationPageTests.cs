namespace Cliply.Diagnostics.Docs.Tests.Configuration;

public sealed class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";

    [Fact]
    public void Page_IsWhatTheOptionsSay() => GeneratedPage.ShouldBe(Page, ConfigurationPage.Write());

    [Fact]
    public void Every_option_has_a_meaning()
    {
        var without = OptionTypes.All.SelectMany(t => WithNested(t.Type)).SelectMany(OptionTypes.Options)
            .Where(p => XmlDocumentation.Summary(p).Length == 0).Select(p => $"{p.DeclaringType!.Name}.{p.Name}");

        without.Should().BeEmpty();
    }

    private static IEnumerable<Type> WithNested(Type type) =>
        OptionTypes.Options(type).Select(p => OptionTypes.ItemOf(p.PropertyType) ?? p.PropertyType).Where(OptionTypes.IsNested).SelectMany(WithNested).Prepend(type);
}
