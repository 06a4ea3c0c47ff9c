namespace Cliply.Diagnostics.Prometheus.Tests;

public sealed class LabelMatchersTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  \n", "")]
    [InlineData("job=\"cliply\"", "job=\"cliply\"")]
    [InlineData(" job = 'cliply' , cluster=~`eu-\\d+`,", "job=\"cliply\",cluster=~\"eu-\\\\d+\"")]
    [InlineData("a!=\"x\",b!~\"y\"", "a!=\"x\",b!~\"y\"")]
    [InlineData("a=\"say \\\"hi\\\"\"", "a=\"say \\\"hi\\\"\"")]
    [InlineData("a='say \"hi\"'", "a=\"say \\\"hi\\\"\"")]
    [InlineData("a=\"\\u00e9\\n\\t\\r\\\\\"", "a=\"é\\n\\t\\r\\\\\"")]
    [InlineData("a=\"} or vector(0) #\"", "a=\"} or vector(0) #\"")]
    [InlineData("a=\"\"", "a=\"\"")]
    [InlineData("_a9=\"[red]é\"", "_a9=\"[red]é\"")]
    public void TryParse_Matchers_AreWrittenAnew(string text, string expected)
    {
        LabelMatchers.TryParse(text, out var matchers, out var problem).Should().BeTrue();

        matchers.Should().Be(expected);
        problem.Should().BeNull();
    }

    [Theory]
    [InlineData("cliply", "the label cliply is not followed by =, !=, =~ or !~")]
    [InlineData("job=cliply", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    [InlineData("job=\"cliply", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    [InlineData("job=\"a\\d\"", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    [InlineData("job=\"a\\", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    [InlineData("job=\"a\nb\"", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    [InlineData("job=\"a\\ud800\"", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    [InlineData("{job=\"a\"}", "a label's name is missing at character 1")]
    [InlineData("job=\"a\"} or vector(0)", "a comma is missing after the value of the label job")]
    [InlineData("job=\"a\" cluster=\"b\"", "a comma is missing after the value of the label job")]
    [InlineData("job=\"a\",,", "a label's name is missing at character 9")]
    [InlineData("9=\"a\"", "a label's name is missing at character 1")]
    [InlineData("jöb=\"a\"", "the label j is not followed by =, !=, =~ or !~")]
    [InlineData("job==\"a\"", "the value of the label job is not in quotes, or its quotes or escapes are broken")]
    public void TryParse_NoMatchers_SaysWhatIsWrong(string text, string expected)
    {
        LabelMatchers.TryParse(text, out var matchers, out var problem).Should().BeFalse();

        matchers.Should().BeNull();
        problem.Should().Be(expected);
    }
}
