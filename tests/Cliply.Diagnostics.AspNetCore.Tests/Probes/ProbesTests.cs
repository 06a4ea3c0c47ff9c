using System.Net;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.AspNetCore.Tests.Probes;

public sealed class ProbesTests
{
    [Fact]
    public async Task Livez_WhateverTheFleet_AnswersWithoutLooking()
    {
        var store = ScriptedCollector.JobStore(_ => throw new InvalidOperationException("canary"));
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyProbes());

        (await host.GetAsync("/livez")).Should().Be((HttpStatusCode.OK, "alive"));
        (await host.GetAsync("/livez?verbose")).Should().Be((HttpStatusCode.OK, "alive"));
        var json = await host.GetAsync("/livez", "application/json");
        json.Status.Should().Be(HttpStatusCode.OK);
        JsonNode.Parse(json.Body)!.AsObject().Select(p => p.Key).Should().Equal("ok", "ts");
        store.Calls.Should().Be(0);
    }

    [Fact]
    public async Task Startupz_BeforeTheFirstCollectionEnds_IsStarting()
    {
        var collected = new TaskCompletionSource();
        var store = ScriptedCollector.JobStore(async _ =>
        {
            await collected.Task;
            return ScriptedCollector.HealthyStore();
        });
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyProbes(), o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5)), Patient);

        (await host.GetAsync("/startupz")).Should().Be((HttpStatusCode.ServiceUnavailable, "starting"));
        (await host.GetAsync("/startupz", "application/json")).Body.Should().StartWith("{\"ok\":false,\"ts\":");
        collected.SetResult();
        await Eventually.HoldsAsync(async () => (await host.GetAsync("/startupz")).Status == HttpStatusCode.OK, "the start");

        (await host.GetAsync("/startupz")).Should().Be((HttpStatusCode.OK, "started"));
        store.Calls.Should().Be(1);
    }

    [Fact]
    public async Task Readyz_Healthy_IsReadyInEveryForm()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyProbes(), o => o.SnapshotMaxAge = TimeSpan.FromMinutes(10), Patient);

        (await host.GetAsync("/readyz")).Should().Be((HttpStatusCode.OK, "ready"));
        var verbose = await host.GetAsync("/readyz?verbose");
        verbose.Body.Should().MatchRegex("^ready\nenvironment: ok, [0-9.]+ s old\nffmpeg: ok, [0-9.]+ s old\nyt-dlp: ok, [0-9.]+ s old\ndatabase: ok, [0-9.]+ s old\n$");
        var json = JsonNode.Parse((await host.GetAsync("/readyz", "application/json")).Body)!;
        json["ok"]!.GetValue<bool>().Should().BeTrue();
        json["ffmpegOk"]!.GetValue<bool>().Should().BeTrue();
        json["ytDlpOk"]!.GetValue<bool>().Should().BeTrue();
        json["database"]!.GetValue<string>().Should().Be("ok");
        json["ts"]!.GetValue<DateTimeOffset>().Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(2));
        json["checks"]!.AsArray().Select(c => $"{c!["name"]} {c["state"]} {c["ageSeconds"]!.GetValue<double>() >= 0}").Should().Equal("environment ok True", "ffmpeg ok True", "yt-dlp ok True", "database ok True");
    }

    [Fact]
    public async Task Readyz_Head_HasTheStatusAndNoBody()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyProbes());
        using var request = new HttpRequestMessage(HttpMethod.Head, "/readyz");

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
    }

    [Fact]
    public async Task Readyz_DatabaseDown_IsUnreadyWhileLivezAnswers()
    {
        const string Canary = "canary-db.internal";
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(e => e with { Workers = new SectionFailure("refused", Canary), Queue = new SectionFailure("refused", Canary), Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } }),
            app => app.MapCliplyProbes());

        (await host.GetAsync("/readyz")).Should().Be((HttpStatusCode.ServiceUnavailable, "unready"));
        var json = await host.GetAsync("/readyz", "application/json");
        json.Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        json.Body.Should().StartWith("{\"ok\":false,\"ffmpegOk\":true,\"ytDlpOk\":true,\"database\":\"refused\",\"checks\":[").And.NotContain("canary");
        (await host.GetAsync("/readyz?verbose")).Body.Should().StartWith("unready\nenvironment: ok").And.Contain("\ndatabase: failed, ").And.NotContain("canary");
        (await host.GetAsync("/livez")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Readyz_FleetBroken_StaysReady()
    {
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(e => e with { Workers = e.Workers.Value! with { Active = 0, LastHeartbeatAt = null }, Queue = e.Queue.Value! with { Runnable = 900, OldestRunnableAgeSeconds = 9000 } }),
            app => app.MapCliplyProbes());

        (await host.GetAsync("/readyz")).Should().Be((HttpStatusCode.OK, "ready"));
    }

    [Fact]
    public async Task Readyz_FleetBrokenAndAskedFor_IsUnready()
    {
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(e => e with { Workers = e.Workers.Value! with { Active = 0, LastHeartbeatAt = null } }),
            app => app.MapCliplyProbes(o => o.UnreadyDiagnoses = ["no-workers-running", "workers-crash-looping"]));

        (await host.GetAsync("/readyz?verbose")).Body.Should().MatchRegex("^unready\nno-workers-running: failed, [0-9.]+ s old\nworkers-crash-looping: unknown, [0-9.]+ s old\n$");
    }

    [Fact]
    public async Task Readyz_OwnSectionUnknown_IsUnready()
    {
        await using var host = await WebHost.StartAsync([ScriptedCollector.Healthy(), WebHost.Local(e => e with { Binaries = Section.UnavailableList<BinaryEvidence>(new SectionFailure("timeout")) })], app => app.MapCliplyProbes());

        var json = await host.GetAsync("/readyz", "application/json");

        json.Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        json.Body.Should().StartWith("{\"ok\":false,\"ffmpegOk\":null,\"ytDlpOk\":null,\"database\":\"ok\",\"checks\":[{\"name\":\"environment\",\"state\":\"ok\",").And.Contain("{\"name\":\"ffmpeg\",\"state\":\"unknown\",");
    }

    [Fact]
    public async Task Readyz_LocalEvidenceOff_LooksAtTheDatabaseAlone()
    {
        await using var host = await WebHost.StartAsync([ScriptedCollector.Healthy()], app => app.MapCliplyProbes(), o => o.LocalEvidence = false);

        (await host.GetAsync("/readyz?verbose")).Body.Should().MatchRegex("^ready\ndatabase: ok, [0-9.]+ s old\n$");
        (await host.GetAsync("/readyz", "application/json")).Body.Should().StartWith("{\"ok\":true,\"ffmpegOk\":null,\"ytDlpOk\":null,\"database\":\"ok\",");
    }

    [Fact]
    public async Task Readyz_WarningOnly_StaysReady()
    {
        await using var host = await WebHost.StartAsync([ScriptedCollector.Healthy(), WebHost.Local(e => e with { Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.Available }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.NotFound }) })], app => app.MapCliplyProbes());

        (await host.GetAsync("/readyz")).Should().Be((HttpStatusCode.OK, "ready"));
        (await host.GetAsync("/readyz", "application/json")).Body.Should().Contain("\"ytDlpOk\":false");
    }

    [Fact]
    public async Task Readyz_CollectionSlowerThanTheBudget_AnswersFromTheLastReading()
    {
        var isSlow = false;
        using var end = new SemaphoreSlim(0);
        var store = ScriptedCollector.JobStore(async token =>
        {
            if (isSlow)
            {
                await end.WaitAsync(token);
            }

            return ScriptedCollector.HealthyStore();
        });
        await using var host = await WebHost.StartAsync(
            [store, WebHost.Local()],
            app => app.MapCliplyProbes(o => (o.Budget, o.MaxAge) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(30))),
            o => (o.SnapshotMaxAge, o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.Zero, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5)));
        await Eventually.HoldsAsync(async () => (await host.GetAsync("/readyz")).Status == HttpStatusCode.OK, "the first reading");
        isSlow = true;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.GetAsync("/readyz")));

        answers.Should().AllBeEquivalentTo((HttpStatusCode.OK, "ready"));
        store.MostAtOnce.Should().Be(1);
        end.Release(1000);
    }

    [Fact]
    public async Task Readyz_NoReadingWithinTheBudget_IsUnreadyAndUnknown()
    {
        var store = ScriptedCollector.JobStore(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return ScriptedCollector.HealthyStore();
        });
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyProbes(o => (o.Budget, o.MaxAge) = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMinutes(30))), o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5)));

        (await host.GetAsync("/readyz?verbose")).Should().Be((HttpStatusCode.ServiceUnavailable, "unready\nenvironment: unknown, 0.0 s old\nffmpeg: unknown, 0.0 s old\nyt-dlp: unknown, 0.0 s old\ndatabase: unknown, 0.0 s old\n"));
    }

    [Fact]
    public async Task Readyz_SomeReadingsMustAgree_HoldsTheState()
    {
        var isDown = false;
        var store = ScriptedCollector.JobStore(_ => Task.FromResult(isDown ? ScriptedCollector.HealthyStore() with { Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } } : ScriptedCollector.HealthyStore()));
        await using var host = await WebHost.StartAsync([store, WebHost.Local()], app => app.MapCliplyProbes(o => o.Budget = TimeSpan.FromSeconds(30)), o => (o.SnapshotMaxAge, o.ReadingsBeforeChange) = (TimeSpan.Zero, 3));
        (await host.GetAsync("/readyz")).Body.Should().Be("ready");
        isDown = true;

        var words = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            words.Add((await host.GetAsync("/readyz")).Body);
        }

        words.Should().Equal("ready", "ready", "unready");
    }

    [Fact]
    public async Task MapCliplyProbes_InAGroup_HasItsPrefix()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapGroup("/health").MapCliplyProbes());

        (await host.GetAsync("/health/livez")).Status.Should().Be(HttpStatusCode.OK);
        (await host.GetAsync("/livez")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public void MapCliplyProbes_WithoutTheDiagnostics_SaysWhatToCall()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting();
        using var app = builder.Build();

        app.Invoking(a => a.MapCliplyProbes()).Should().Throw<InvalidOperationException>().WithMessage("MapCliplyProbes needs the diagnostics. Call builder.Services.AddCliplyHealthChecks() before building the host.");
    }

    [Theory]
    [InlineData("live")]
    [InlineData("Liveness")]
    public async Task Start_CheckTaggedForLiveness_FailsAndSaysWhy(string tag)
    {
        await using var app = WebHost.Create(WebHost.Healthy(), a => a.MapCliplyProbes(), build: builder => builder.Services.Configure<HealthCheckServiceOptions>(o => o.Registrations.Single(r => r.Name == "cliply-database").Tags.Add(tag)));

        await app.Awaiting(a => a.StartAsync()).Should().ThrowAsync<OptionsValidationException>().WithMessage(
            $"The health check 'cliply-database' has the tag '{tag}'. It depends on the database or on other programs, and a liveness probe that fails with them restarts every host at once. Remove the tag; leave the check to readiness.");
    }

    [Fact]
    public async Task Start_CheckOfTheHostTaggedForLiveness_IsNoneOfOurs()
    {
        await using var app = WebHost.Create(WebHost.Healthy(), a => a.MapCliplyProbes(), build: builder => builder.Services.AddHealthChecks().AddCheck("own", () => HealthCheckResult.Healthy(), ["live"]));

        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>On a slow machine a collection may take its time, and no test means that.</summary>
    private static void Patient(WebApplicationBuilder builder) => builder.Configuration["Cliply:Diagnostics:Probes:MaxAge"] = "00:59:00";
}
