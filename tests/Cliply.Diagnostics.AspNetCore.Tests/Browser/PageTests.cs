using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>The page in the hands of an engineer: on a phone, with a keyboard, in the dark, on paper, on a bad connection.</summary>
public sealed class PageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    public async Task I_can_read_it_at_any_width_and_in_the_dark(int width, ColorScheme scheme)
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics", width, scheme);
        await page.Locator("#connection").GetByText("Live").WaitForAsync();
        await page.Locator("details.symptoms summary").First.ClickAsync();
        await Chromium.ScreenshotAsync(page, $"page-{width}-{scheme.ToString().ToLowerInvariant()}");

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width);
        (await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor")).Should().Be(scheme == ColorScheme.Dark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
        (await page.RunAxe()).Violations.Select(v => $"{v.Id}: {string.Join(", ", v.Nodes.Select(n => n.Html))}").Should().BeEmpty();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_see_the_verdict_first_and_symptoms_folded_under_their_problem()
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics", 390);

        (await page.Locator("h1").TextContentAsync()).Should().Be("The fleet is unhealthy");
        (await page.Locator("#verdict a").AllTextContentsAsync()).Should().Equal("FFmpeg not available", "No workers running");
        (await page.Locator("main #content > article.problem").EvaluateAllAsync<string[]>("all => all.map(a => a.id)")).Should().Equal("ffmpeg-unavailable", "no-workers-running");
        var symptoms = page.Locator("#no-workers-running details.symptoms");
        (await symptoms.Locator("summary").TextContentAsync()).Should().Be("1 symptom of it: Queue backlog");
        (await page.Locator("#queue-backlog").IsVisibleAsync()).Should().BeFalse();
        await symptoms.Locator("summary").ClickAsync();
        (await page.Locator("#queue-backlog").IsVisibleAsync()).Should().BeTrue();
        (await page.TitleAsync()).Should().Be("unhealthy · Cliply fleet");
        (await page.Locator("#unknowns li").First.TextContentAsync()).Should().StartWith("deployments: not collected; would decide ");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_can_copy_a_command_and_the_report()
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics");
        var command = page.Locator("#ffmpeg-unavailable .command").First;
        var text = await command.Locator("code").TextContentAsync();

        await command.GetByRole(AriaRole.Button).ClickAsync();
        await command.GetByText("Copied").WaitForAsync();
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).Should().Be(text);

        await page.Locator("#copy-report").ClickAsync();
        await page.Locator("#copy-report").GetByText("Copied").WaitForAsync();
        (await page.EvaluateAsync<string>("navigator.clipboard.readText()")).Should().StartWith("# Fleet is unhealthy\n");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_can_choose_the_platform_once()
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics");
        var commands = page.Locator("#no-workers-running > ul .command");
        (await Platforms(commands)).Should().Contain(["Docker", "Kubernetes", "systemd"]);

        await page.GetByLabel("Kubernetes").CheckAsync();

        (await Platforms(commands)).Should().Contain("Kubernetes").And.NotContain(["Docker", "systemd"]);
        await page.ReloadAsync();
        (await page.GetByLabel("Kubernetes").IsCheckedAsync()).Should().BeTrue();
        (await Platforms(commands)).Should().Contain("Kubernetes").And.NotContain(["Docker", "systemd"]);
        (await page.Locator(".changes").First.TextContentAsync()).Should().Be("changes something");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_see_the_platform_of_the_workers_first()
    {
        await using var host = await StartAsync(e => e with { Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Kubernetes, Name = "worker", DesiredReplicas = 2, Instances = [] }) });
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics");

        (await page.GetByLabel("Kubernetes").IsCheckedAsync()).Should().BeTrue();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_keep_my_place_while_it_follows_the_fleet()
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics");
        await page.Locator("#no-workers-running details.symptoms summary").ClickAsync();
        await page.Locator("#ffmpeg-unavailable .command button").Nth(1).FocusAsync();
        var captured = await page.Locator("#verdict time").GetAttributeAsync("datetime");

        await page.WaitForFunctionAsync("before => document.querySelector('#verdict time').dateTime !== before", captured);

        (await page.Locator("#queue-backlog").IsVisibleAsync()).Should().BeTrue();
        (await page.EvaluateAsync<string>("document.activeElement.className + ' ' + document.activeElement.closest('article').id")).Should().Be("copy ffmpeg-unavailable");
        (await page.Locator("#ffmpeg-unavailable .command").First.GetByRole(AriaRole.Button).CountAsync()).Should().Be(1);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_can_use_it_with_a_keyboard_alone()
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics");
        await page.Locator("#connection").GetByText("Live").WaitForAsync();
        var reached = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("document.activeElement.tagName + '.' + (document.activeElement.className || document.activeElement.name || document.activeElement.id)"));
        }

        reached.Should().Contain(["A.", "INPUT.platform", "BUTTON.copy", "SUMMARY."]);
        await page.GetByLabel("all", new PageGetByLabelOptions { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        (await page.EvaluateAsync<string>("document.documentElement.dataset.platform")).Should().Be("Docker");
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_can_print_it()
    {
        await using var host = await BrokenAsync();
        var page = await chromium.OpenAsync($"{host.Url}/diagnostics");
        await page.Locator("#connection").GetByText("Live").WaitForAsync();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        (await page.Locator("#copy-report").IsVisibleAsync()).Should().BeFalse();
        (await page.Locator("#platforms").IsVisibleAsync()).Should().BeFalse();
        (await page.Locator("#ffmpeg-unavailable").IsVisibleAsync()).Should().BeTrue();
        (await page.Locator("article").First.EvaluateAsync<string>("a => getComputedStyle(a).breakInside")).Should().Be("auto", "a problem is longer than what is left of a page");
        (await page.Locator(".command").First.EvaluateAsync<string>("c => getComputedStyle(c).breakInside")).Should().Be("avoid-page");
        await File.WriteAllBytesAsync(Path.Combine(Chromium.Screens, "page-print.pdf"), await page.PdfAsync(new PagePdfOptions { Format = "A4" }), Cancellation);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_am_told_when_the_connection_is_lost_and_it_comes_back()
    {
        int port;
        IPage page;
        await using (var sample = await SampleProcess.StartAsync())
        {
            port = sample.Port;
            page = await chromium.OpenAsync($"{sample.Url}/diagnostics", 390);
            await page.Locator("#connection").GetByText("Live").WaitForAsync();
        }

        await page.Locator("#connection.lost").WaitForAsync();
        (await page.Locator("#connection").TextContentAsync()).Should().MatchRegex("^Connection lost at .+\\. What you see is from before; trying again\\.$");
        (await page.Locator("h1").IsVisibleAsync()).Should().BeTrue();
        await Chromium.ScreenshotAsync(page, "page-connection-lost", whole: false);

        await using var again = await SampleProcess.StartAsync(port, "Development");
        await page.Locator("#connection:not(.lost)").GetByText("Live").WaitForAsync();
        var captured = await page.Locator("#verdict time").GetAttributeAsync("datetime");
        await page.WaitForFunctionAsync("before => document.querySelector('#verdict time').dateTime !== before", captured);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task I_get_nothing_in_Production()
    {
        await using var sample = await SampleProcess.StartAsync(Prometheus.Tests.PrometheusServer.FreePort(), "Production");
        using var client = new HttpClient();

        using var response = await client.GetAsync(new Uri($"{sample.Url}/diagnostics"), Cancellation);

        ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)).Should().Be((404, ""));
        (await client.GetStringAsync(new Uri($"{sample.Url}/livez"), Cancellation)).Should().Be("alive");
    }

    private static Task<WebHost> BrokenAsync() => StartAsync(e => e with
    {
        Workers = e.Workers.Value! with { Active = 0, LastHeartbeatAt = null },
        Queue = e.Queue.Value! with { Runnable = 340, OldestRunnableAgeSeconds = 5000, DeadLetter = 3 },
    });

    private static Task<WebHost> StartAsync(Func<CollectedEvidence, CollectedEvidence> change) => WebHost.StartAsync(
        [
            ScriptedCollector.JobStore(_ => Task.FromResult(change(ScriptedCollector.HealthyStore()))),
            WebHost.Local(e => e with { Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.Available }) }),
        ],
        app => app.MapCliplyDiagnostics().AllowAnonymous(),
        o => (o.SnapshotMaxAge, o.History.Interval) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));

    private static async Task<IReadOnlyList<string>> Platforms(ILocator commands) =>
        await commands.EvaluateAllAsync<string[]>("all => all.filter(c => c.checkVisibility()).map(c => c.dataset.platform)");
}
