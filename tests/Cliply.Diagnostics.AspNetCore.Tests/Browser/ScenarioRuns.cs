using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>Watches the sample's failures come and go in the browser; three samples at a time, for each takes its time.</summary>
public sealed class ScenarioRuns : IAsyncLifetime
{
    private readonly Chromium _chromium = new();
    private readonly SemaphoreSlim _atOnce = new(3);
    private readonly ConcurrentDictionary<string, Task<ScenarioRun>> _runs = new();

    public async ValueTask InitializeAsync()
    {
        await _chromium.InitializeAsync();
        foreach (var (breakage, code) in new[] { ("no-workers", "no-workers-running"), ("not-claiming", "workers-not-claiming"), ("stuck", "workers-stuck"), ("crash-loop", "workers-crash-looping"), ("ffmpeg", "ffmpeg-unavailable") })
        {
            _runs[breakage] = RunAsync(breakage, code);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ((Task)Task.WhenAll(_runs.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _chromium.DisposeAsync();
        _atOnce.Dispose();
    }

    public Task<ScenarioRun> Of(string breakage) => _runs[breakage];

    private async Task<ScenarioRun> RunAsync(string breakage, string code)
    {
        await _atOnce.WaitAsync();
        try
        {
            await using var sample = await SampleProcess.StartAsync("--break", breakage, "--heal-after", "16s");
            var page = await _chromium.OpenAsync($"{sample.Url}/diagnostics");
            var problem = page.Locator($"article#{code}");
            await page.Locator("#verdict.healthy").WaitForAsync();

            await problem.WaitForAsync();
            await Chromium.ScreenshotAsync(page, $"scenario-{breakage}");
            var title = await problem.Locator("h2").First.TextContentAsync();
            var parts = await problem.Locator("h3").AllTextContentsAsync();
            var evidence = await problem.Locator("td[data-label=expected]").CountAsync();

            await problem.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
            await page.Locator("#verdict.healthy").WaitForAsync();
            var verdict = await page.Locator("#verdict p").First.TextContentAsync();
            var moments = await page.Locator("#plots li").AllTextContentsAsync();
            var connection = await page.Locator("#connection").TextContentAsync();
            await page.Context.CloseAsync();
            return new ScenarioRun(title, parts, evidence, verdict, moments, connection);
        }
        finally
        {
            _atOnce.Release();
        }
    }
}
