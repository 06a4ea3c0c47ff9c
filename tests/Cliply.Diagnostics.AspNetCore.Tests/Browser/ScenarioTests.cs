namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>What the sample injects shows on the page by itself, and clears.</summary>
public sealed class ScenarioTests(ScenarioRuns runs) : IClassFixture<ScenarioRuns>
{
    [Theory]
    [InlineData("no-workers", "No workers running")]
    [InlineData("not-claiming", "Workers running but not claiming jobs")]
    [InlineData("stuck", "Workers stuck")]
    [InlineData("crash-loop", "Workers crashing frequently")]
    [InlineData("ffmpeg", "FFmpeg not available")]
    public async Task I_can_see_a_failure_appear_and_clear(string breakage, string title)
    {
        var run = await runs.Of(breakage);

        run.Title.Should().Be(title);
        run.Parts.Should().ContainInOrder("Evidence", "Why", "Look next", "What to do", "It worked when");
        run.EvidenceLines.Should().BePositive();
        run.VerdictAfter.Should().Be("No problem found.");
        run.Moments.Should().Contain(l => l.Contains($": {title} appeared (", StringComparison.Ordinal)).And.Contain(l => l.EndsWith($": {title} cleared", StringComparison.Ordinal));
        run.Connection.Should().Be("Live");
    }
}
