using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>Whatever stands in the job table, the platform or a log stays text, and secrets stay where they are.</summary>
public sealed class HostilePageTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>Made up for this test.</summary>
    private const string Canary = "canary-Zq81kLmT0pWx";

    private const string Payload = """
        </script></style></title></textarea>--><script>window.pwned=1</script><img src=https://evil.example/x onerror="window.pwned=2"><svg onload=window.pwned=3><a href="javascript:window.pwned=4">x</a><iframe src="data:text/html,<script>parent.pwned=5</script>"></iframe><style>body{background:url(https://evil.example/css)}</style>" onfocus=window.pwned=6 autofocus x="',{"a":"b"}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_see_hostile_texts_as_texts()
    {
        await using var host = await StartAsync();
        var page = await chromium.OpenAsync("about:blank");
        var requests = new List<string>();
        var problems = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) => problems.Add(message.Text);
        page.PageError += (_, error) => problems.Add(error);
        page.Dialog += (_, dialog) => problems.Add(dialog.Message);

        await page.GotoAsync($"{host.Url}/diagnostics");
        await page.Locator("#connection").GetByText("Live").WaitForAsync();
        foreach (var fold in await page.Locator("summary").AllAsync())
        {
            await fold.ClickAsync();
        }

        await Chromium.ScreenshotAsync(page, "page-hostile");
        (await page.EvaluateAsync<bool>("'pwned' in window")).Should().BeFalse();
        (await page.Locator("#content :is(script, img, iframe, style, object, embed, form, input:not([name=platform]))").CountAsync()).Should().Be(0);
        (await page.Locator("#content a").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))")).Should().OnlyContain(h => h.StartsWith('#'));
        (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('#content *')].flatMap(e => e.getAttributeNames()).filter(n => n.startsWith('on') || n === 'style')")).Should().BeEmpty();
        (await page.Locator("#content").TextContentAsync()).Should().Contain("<script>window.pwned=1</script>");
        requests.Should().NotBeEmpty().And.OnlyContain(r => r.StartsWith(host.Url, StringComparison.Ordinal));
        problems.Should().BeEmpty();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task Nobody_sees_a_secret_anywhere()
    {
        await using var host = await StartAsync();
        foreach (var path in new[] { "/livez", "/readyz", "/readyz?verbose", "/startupz", "/metrics", "/diagnostics", "/diagnostics/content", "/diagnostics/report.json", "/diagnostics/snapshot.json", "/diagnostics/report.md" })
        {
            foreach (var accept in new[] { "*/*", "application/json" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Add("Accept", accept);
                using var response = await host.Client.SendAsync(request, Cancellation);

                (await response.Content.ReadAsStringAsync(Cancellation) + response.Headers + response.Content.Headers).Should().NotContainEquivalentOf(Canary, path);
            }
        }

        using var events = await host.Client.GetAsync(new Uri("/diagnostics/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await events.Content.ReadAsStreamAsync(Cancellation));
        (await reader.ReadLineAsync(Cancellation) + await reader.ReadLineAsync(Cancellation)).Should().Contain("jobs-failing").And.NotContainEquivalentOf(Canary);
        host.Logs.GetSnapshot().Should().NotBeEmpty().And.NotContain(l => l.Message.Contains(Canary, StringComparison.OrdinalIgnoreCase) || (l.Exception != null && l.Exception.ToString().Contains(Canary, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task Metrics_WithHostileKinds_AreLinesOfTheirOwn()
    {
        await using var host = await StartAsync();
        await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(Cancellation);

        var lines = (await host.GetAsync("/metrics")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Should().OnlyContain(l => l.StartsWith("cliply_", StringComparison.Ordinal) || l.StartsWith("# HELP cliply_", StringComparison.Ordinal) || l.StartsWith("# TYPE cliply_", StringComparison.Ordinal));
    }

    private static Task<WebHost> StartAsync()
    {
        var secret = $"{Payload}\ncliply_workers_active 999\npostgres://user:{Canary}@db.example/jobs";
        return WebHost.StartAsync(
            [
                ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
                {
                    Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 1, LastHeartbeatAt = TimeProvider.System.GetUtcNow().AddHours(-2), Items = [new WorkerItem { Id = secret, RunningJobs = 1 }] },
                    Queue = new QueueEvidence
                    {
                        Runnable = 300,
                        Running = 1,
                        DeadLetter = 200,
                        DeadLetteredLastHour = 60,
                        CompletedLast5Minutes = 1,
                        FailedLast5Minutes = 50,
                        OldestRunnableAgeSeconds = 5000,
                        Errors = [new QueueError { Pattern = null, Count = 90, Kinds = [secret], Sample = secret }],
                        Kinds = [new QueueKind { Kind = secret, Runnable = 300, Running = 1, DeadLetter = 200, Failed = 4 }],
                    },
                    Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, MissingFunctions = [secret], MissingIndexes = [new MissingIndex { Purpose = secret, Sql = secret }] },
                })),
                WebHost.Local(_ => new CollectedEvidence
                {
                    Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound, FoundOutsidePath = secret, Version = secret }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.Failed, Path = secret }),
                    Environment = new EnvironmentEvidence { MissingRequired = [secret], Invalid = [new InvalidVariable { Name = secret, Reason = secret }] },
                }),
                new ScriptedCollector("platform", [SnapshotSection.Deployments, SnapshotSection.Logs, SnapshotSection.Resources], _ => Task.FromResult(new CollectedEvidence
                {
                    Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Kubernetes, Name = secret, DesiredReplicas = 3, Instances = [new InstanceEvidence { Id = secret, State = InstanceState.Waiting, Reason = secret }, new InstanceEvidence { Id = "w", State = InstanceState.Running }] }),
                    Logs = Section.List(new LogEvidence { Source = secret, Lines = 100, DominantLineShare = 0.9, Findings = [new LogFinding { Pattern = "uncaught-exception", Count = 3, Sample = secret }] }),
                    Resources = Section.List(new ResourceEvidence { Instance = secret, CpuPercent = 99 }),
                })),
            ],
            app =>
            {
                app.MapCliplyProbes();
                app.MapCliplyMetrics();
                app.MapCliplyDiagnostics().AllowAnonymous();
            },
            o => o.SnapshotMaxAge = TimeSpan.FromSeconds(2),
            builder => builder.Logging.SetMinimumLevel(LogLevel.Trace));
    }
}
