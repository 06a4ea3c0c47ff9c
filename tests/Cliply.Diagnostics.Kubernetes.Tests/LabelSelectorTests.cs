namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "worker", ["tier"] = "batch", ["cliply.io/kind"] = "" };

    [Theory]
    [InlineData("app=worker", true)]
    [InlineData("app==worker", true)]
    [InlineData("app = worker , tier = batch", true)]
    [InlineData("app=web", false)]
    [InlineData("app=worker,tier=web", false)]
    [InlineData("app!=web", true)]
    [InlineData("app!=worker", false)]
    [InlineData("zone!=a", true)]
    [InlineData("app in (web, worker)", true)]
    [InlineData("app in (web,cron),tier=batch", false)]
    [InlineData("app notin (web,cron)", true)]
    [InlineData("app notin (worker)", false)]
    [InlineData("zone notin (a)", true)]
    [InlineData("zone in (a)", false)]
    [InlineData("app", true)]
    [InlineData("zone", false)]
    [InlineData("!zone", true)]
    [InlineData("!app", false)]
    [InlineData("cliply.io/kind=", true)]
    public void Matches_Labels_AsKubectlDoes(string selector, bool expected) => LabelSelector.Parse(selector).Matches(Labels).Should().Be(expected);

    [Theory]
    [InlineData("")]
    [InlineData("app=worker,")]
    [InlineData("=worker")]
    [InlineData("app=wor ker")]
    [InlineData("app like (worker)")]
    [InlineData("(worker)")]
    [InlineData("app>3")]
    [InlineData("app=worker&watch=true")]
    public void TryParse_NoSelector_IsFalse(string text) => LabelSelector.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Matches_NoLabels_AsKubectlDoes()
    {
        LabelSelector.Parse("app=worker").Matches(null).Should().BeFalse();
        LabelSelector.Parse("!app").Matches(null).Should().BeTrue();
    }

    [Fact]
    public void TextOf_Workload_CanBeParsedAgain()
    {
        var text = LabelSelector.TextOf(new WorkloadSelector(
            new() { ["app"] = "worker" },
            [new("tier", "In", ["batch", "x"]), new("zone", "NotIn", ["a"]), new("cliply.io/kind", "Exists", null), new("old", "DoesNotExist", null)]));

        text.Should().Be("app=worker,tier in (batch,x),zone notin (a),cliply.io/kind,!old");
        LabelSelector.Parse(text!).Matches(Labels).Should().BeTrue();
    }
}
