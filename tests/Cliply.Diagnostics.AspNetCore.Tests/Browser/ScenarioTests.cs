using System.Globalization;
using Microsoft.Playwright;

namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>What the sample injects shows on the page by itself, and clears.</summary>
public sealed class ScenarioTests(RunningSample sample) : IClassFixture<RunningSample>
{
    /// <summary>Tells when the page first showed a problem, by the time of the evidence that it showed.</summary>
    private const string NoteFirstShown = """
        code => new MutationObserver(() => {
          if (!window.firstShown && document.getElementById(code)) {
            window.firstShown = document.querySelector('#verdict time').dateTime;
          }
        }).observe(document, { subtree: true, childList: true, attributes: true })
        """;

    [Theory]
    [InlineData("no-workers", "no-workers-running", "No workers running")]
    [InlineData("not-claiming", "workers-not-claiming", "Workers running but not claiming jobs")]
    [InlineData("stuck", "workers-stuck", "Workers stuck")]
    [InlineData("crash-loop", "workers-crash-looping", "Workers crashing frequently")]
    [InlineData("ffmpeg", "ffmpeg-unavailable", "FFmpeg not available")]
    public async Task I_can_see_a_failure_appear_and_clear(string breakage, string code, string title)
    {
        var page = await sample.Chromium.OpenAsync($"{sample.Url}/diagnostics");
        var problem = page.Locator($"article#{code}");
        await page.Locator("#verdict.healthy").WaitForAsync();
        await page.EvaluateAsync(NoteFirstShown, code);

        await sample.BreakAsync(breakage);
        await problem.WaitForAsync();

        (await problem.Locator("h2").First.TextContentAsync()).Should().Be(title);
        (await problem.Locator("h3").AllTextContentsAsync()).Should().ContainInOrder("Evidence", "Why", "Look next", "What to do", "It worked when");
        (await problem.Locator("td[data-label=expected]").CountAsync()).Should().BePositive();
        var shown = DateTimeOffset.Parse(await page.EvaluateAsync<string>("window.firstShown"), CultureInfo.InvariantCulture);
        var appeared = await MomentAsync(page, $": {title} appeared (");

        // The stream looks each second: two intervals, and what the text of the moment leaves out.
        (shown - appeared).Should().BeLessThanOrEqualTo(TimeSpan.FromSeconds(3));
        await Chromium.ScreenshotAsync(page, $"scenario-{breakage}");
        await Chromium.ScreenshotAsync(page, $"scenario-{breakage}-desktop", whole: false);
        await page.SetViewportSizeAsync(390, 844);
        await Chromium.ScreenshotAsync(page, $"scenario-{breakage}-phone", whole: false);

        await sample.HealAsync();
        await problem.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await page.Locator("#verdict.healthy").WaitForAsync();
        (await page.Locator("#verdict p").First.TextContentAsync()).Should().Be("No problem found.");
        (await MomentAsync(page, $": {title} cleared")).Should().BeAfter(appeared);
        (await page.Locator("#connection").TextContentAsync()).Should().Be("Live");
        await page.Context.CloseAsync();
    }

    private static async Task<DateTimeOffset> MomentAsync(IPage page, string what)
    {
        var line = (await page.Locator("#plots li").AllTextContentsAsync()).First(l => l.Contains(what, StringComparison.Ordinal));
        return DateTimeOffset.ParseExact(line.Split(": ")[0], "yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }
}
