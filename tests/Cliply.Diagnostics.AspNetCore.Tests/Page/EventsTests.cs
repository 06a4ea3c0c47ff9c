using System.Net;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Cliply.Diagnostics.AspNetCore.Tests.Page;

/// <summary>The stream of changes, and the files under the page.</summary>
public sealed class EventsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_FirstAndEveryChange_AreTold()
    {
        var isDown = false;
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(e => isDown ? e with { Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } } : e),
            app => app.MapCliplyDiagnostics().AllowAnonymous(),
            o => o.SnapshotMaxAge = TimeSpan.FromMilliseconds(10));
        using var response = await host.Client.GetAsync(new Uri("/diagnostics/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));

        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        var first = await NextAsync(reader);
        first.Event.Should().Be("change");
        first.Data["status"]!.GetValue<string>().Should().Be("healthy");
        first.Data["diagnoses"]!.AsArray().Should().BeEmpty();
        (await NextAsync(reader)).Event.Should().Be("reading");
        isDown = true;
        var next = await NextAsync(reader);
        while (next.Event == "reading")
        {
            next = await NextAsync(reader);
        }

        next.Event.Should().Be("change");
        next.Data["diagnoses"]!.ToJsonString().Should().Be("[{\"code\":\"database-unavailable\",\"severity\":\"critical\"}]");
        next.Data["number"]!.GetValue<long>().Should().BeGreaterThan(2);
    }

    [Fact]
    public async Task Events_NothingNew_SaysThatItIsAlive()
    {
        var store = ScriptedCollector.Healthy();
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyDiagnostics().AllowAnonymous(), o => o.SnapshotMaxAge = TimeSpan.FromMinutes(10), b =>
        {
            b.Services.AddSingleton<TimeProvider>(new Hurried());
        });
        using var response = await host.Client.GetAsync(new Uri("/diagnostics/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));

        (await NextAsync(reader)).Event.Should().Be("change");
        (await NextAsync(reader)).Event.Should().Be("alive");
        store.Calls.Should().Be(1);
    }

    [Fact]
    public async Task Events_HundredReaders_AreEnoughAndShareCollections()
    {
        var store = ScriptedCollector.Healthy();
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyDiagnostics().AllowAnonymous(), o => o.SnapshotMaxAge = TimeSpan.FromMinutes(10));
        var responses = await Task.WhenAll(Enumerable.Range(0, 101).Select(_ => host.Client.GetAsync(new Uri("/diagnostics/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation)));

        responses.Count(r => r.StatusCode == HttpStatusCode.OK).Should().Be(100);
        responses.Count(r => r.StatusCode == HttpStatusCode.ServiceUnavailable).Should().Be(1);
        store.Calls.Should().Be(1);
        foreach (var response in responses)
        {
            response.Dispose();
        }

        await Eventually.HoldsAsync(
            async () =>
            {
                using var again = await host.Client.GetAsync(new Uri("/diagnostics/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
                return again.StatusCode == HttpStatusCode.OK;
            },
            "a place for a new reader");
    }

    [Fact]
    public async Task Events_HostStops_EndWithIt()
    {
        await using var app = WebHost.Create(WebHost.Healthy(), a => a.MapCliplyDiagnostics().AllowAnonymous());
        await app.StartAsync(Cancellation);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var response = await client.GetAsync(new Uri("/diagnostics/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var reading = response.Content.ReadAsStringAsync(Cancellation);

        // Kestrel would wait half a minute for a connection that stays open, and cut it off then.
        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await reading).Should().StartWith("event: change\n");
        await app.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Files_AreTheReportAndTheSnapshot()
    {
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(e => e with { Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } }),
            app => app.MapCliplyDiagnostics().AllowAnonymous(),
            o => o.SnapshotMaxAge = TimeSpan.FromMinutes(10));

        var report = ReportJson.Read(System.Text.Encoding.UTF8.GetBytes((await host.GetAsync("/diagnostics/report.json")).Body));
        var snapshot = SnapshotJson.Read(System.Text.Encoding.UTF8.GetBytes((await host.GetAsync("/diagnostics/snapshot.json")).Body));

        report.Diagnoses.Select(d => d.Code).Should().Equal("database-unavailable");
        snapshot.CapturedAt.Should().Be(report.CapturedAt);
        snapshot.Queue.Value!.Runnable.Should().Be(3);
        (await host.GetAsync("/diagnostics/report.md")).Body.Should().StartWith("# Fleet is unhealthy\n");
    }

    private static async Task<(string Event, JsonNode Data)> NextAsync(StreamReader reader)
    {
        string? name = null;
        string? data = null;
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = line["data: ".Length..];
            }
            else if (line.Length == 0 && name is not null)
            {
                return (name, JsonNode.Parse(data!)!);
            }
        }

        throw new InvalidOperationException("The stream has ended.");
    }

    /// <summary>Timers of ten seconds end in a tenth of one.</summary>
    private sealed class Hurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == TimeSpan.FromSeconds(10) ? TimeSpan.FromMilliseconds(100) : dueTime, period);
    }
}
