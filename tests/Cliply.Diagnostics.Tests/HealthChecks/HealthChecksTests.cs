using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.HealthChecks;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.HealthChecks;

public sealed class HealthChecksTests
{
    private static readonly string[] Names =
        ["cliply-ffmpeg", "cliply-yt-dlp", "cliply-database", "cliply-heartbeat", "cliply-queue-backlog", "cliply-environment", "cliply-diagnosis"];

    private static readonly string[] Tags = ["cliply", "ready"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void AddCliplyHealthChecks_Once_RegistersAllChecksReadyAndNoneLive()
    {
        using var provider = Fleets.Create([]);

        var registrations = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;

        registrations.Select(r => r.Name).Should().Equal(Names);
        registrations.Should().OnlyContain(r => r.Tags.Order().SequenceEqual(Tags) && r.FailureStatus == HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task AddCliplyDiagnostics_Alone_AddsNoHealthCheck()
    {
        var services = new ServiceCollection();
        services.AddHealthChecks();
        services.AddCliplyDiagnostics();
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Should().BeEmpty();
        provider.GetRequiredService<IFleetDiagnostics>().Last.Should().BeNull();
    }

    [Theory]
    [InlineData(BinaryStatus.NotFound, HealthStatus.Degraded)]
    [InlineData(BinaryStatus.Available, HealthStatus.Healthy)]
    public async Task CheckHealthAsync_HostLowersTheFailureStatus_CriticalIsThat(BinaryStatus ffmpeg, HealthStatus expected)
    {
        await using var provider = Fleets.Create(
            [ScriptedCollector.Healthy(), Binaries(ffmpeg, BinaryStatus.Available), Variables()],
            services: s => s.Configure<HealthCheckServiceOptions>(o => o.Registrations.Single(r => r.Name == "cliply-ffmpeg").FailureStatus = HealthStatus.Degraded));

        (await CheckAsync(provider)).Entries["cliply-ffmpeg"].Status.Should().Be(expected);
    }

    [Fact]
    public async Task CheckHealthAsync_LocalEvidenceOff_LooksAtNothingOfThisHost()
    {
        var services = new ServiceCollection();
        services.AddCliplyHealthChecks(o => o.LocalEvidence = false);
        services.RemoveAll<IJobStoreCollector>();
        services.AddSingleton<IEvidenceCollector>(ScriptedCollector.Healthy());
        services.Remove(services.Single(d => d.ImplementationType == typeof(JobStoreCollector)));
        await using var provider = services.BuildServiceProvider();

        var report = await CheckAsync(provider);
        var reading = provider.GetRequiredService<IFleetDiagnostics>().Last!;

        reading.Snapshot.Binaries.IsNotCollected.Should().BeTrue();
        reading.Snapshot.Environment.IsNotCollected.Should().BeTrue();
        report.Status.Should().Be(HealthStatus.Healthy);
        report.Entries["cliply-ffmpeg"].Description.Should().Be("Left out: LocalEvidence is false, so ffmpeg of this host does not count.");
        report.Entries["cliply-environment"].Description.Should().Be("Left out: LocalEvidence is false, so the environment of this host does not count.");
    }

    [Fact]
    public async Task AddCliplyHealthChecks_Twice_RegistersOnceAndAppliesBothConfigurations()
    {
        var services = new ServiceCollection();
        services.AddCliplyHealthChecks(o => o.ReadingsBeforeChange = 3);
        services.AddCliplyHealthChecks(o => o.SnapshotMaxAge = TimeSpan.FromSeconds(7));
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(r => r.Name).Should().Equal(Names);
        var options = provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value;
        options.ReadingsBeforeChange.Should().Be(3);
        options.SnapshotMaxAge.Should().Be(TimeSpan.FromSeconds(7));
        provider.GetServices<IEvidenceCollector>().Select(c => c.Name).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task I_can_read_all_checks_in_a_generic_host_with_one_collection()
    {
        var store = ScriptedCollector.Healthy();
        using var host = await StartAsync([store, Binaries(BinaryStatus.Available, BinaryStatus.Available), Variables()]);

        var report = await CheckAsync(host);

        report.Status.Should().Be(HealthStatus.Healthy);
        report.Entries.ToDictionary(e => e.Key, e => e.Value.Description).Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["cliply-ffmpeg"] = "ffmpeg is available.",
            ["cliply-yt-dlp"] = "yt-dlp is available.",
            ["cliply-database"] = "The job store can be read.",
            ["cliply-heartbeat"] = "The workers' heartbeats are fresh.",
            ["cliply-queue-backlog"] = "No backlog.",
            ["cliply-environment"] = "All required variables are set.",
            ["cliply-diagnosis"] = "No problem found.",
        });
        store.Calls.Should().Be(1);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task CheckHealthAsync_Healthy_DataHoldsTheNumbers()
    {
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), Binaries(BinaryStatus.Available, BinaryStatus.Available), Variables()]);

        var entries = (await CheckAsync(provider)).Entries;

        entries["cliply-queue-backlog"].Data.Should().Contain("runnable", 3L).And.Contain("running", 1L).And.Contain("deadLetter", 0L).And.Contain("oldestRunnableAgeSeconds", 20L);
        entries["cliply-heartbeat"].Data.Should().Contain("active", 2L).And.Contain("stale", 0L).And.Contain("lastHeartbeatAgeSeconds", 4.0).And.Contain("livenessSource", "registry");
        entries["cliply-database"].Data.Should().Contain("status", "ok").And.Contain("latencyMilliseconds", 1.5);
        entries["cliply-ffmpeg"].Data.Should().Contain("status", "available").And.Contain("version", "5.1.9").And.NotContainKey("path");
        entries["cliply-environment"].Data.Should().Contain("missingRequired", 0);
        entries["cliply-diagnosis"].Data.Should().Contain("status", "healthy").And.Contain("diagnoses", "");
        entries.Values.Should().OnlyContain(e => e.Data.ContainsKey("ageSeconds"));
    }

    [Fact]
    public async Task CheckHealthAsync_Critical_IsUnhealthyAndSaysWhy()
    {
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), Binaries(BinaryStatus.NotFound, BinaryStatus.Available, outsidePath: "/home/somebody/bin/ffmpeg"), Variables()]);

        var entries = (await CheckAsync(provider)).Entries;

        entries["cliply-ffmpeg"].Status.Should().Be(HealthStatus.Unhealthy);
        entries["cliply-ffmpeg"].Description.Should().Be("FFmpeg not available: ffmpeg is installed, but PATH does not lead to it.");
        entries["cliply-yt-dlp"].Status.Should().Be(HealthStatus.Healthy);
        entries["cliply-diagnosis"].Status.Should().Be(HealthStatus.Unhealthy);
        entries["cliply-diagnosis"].Description.Should().Be("FFmpeg not available: ffmpeg is installed, but PATH does not lead to it.");
    }

    [Fact]
    public async Task CheckHealthAsync_Warning_IsDegraded()
    {
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), Binaries(BinaryStatus.Available, BinaryStatus.NotFound), Variables()]);

        var entry = (await CheckAsync(provider)).Entries["cliply-yt-dlp"];

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Be("yt-dlp not available: yt-dlp was not found in PATH.");
    }

    [Fact]
    public async Task CheckHealthAsync_Info_IsHealthyAndTold()
    {
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), Binaries(BinaryStatus.Available, BinaryStatus.Available), Variables(recommended: ["LOG_LEVEL"])]);

        var entry = (await CheckAsync(provider)).Entries["cliply-environment"];

        entry.Status.Should().Be(HealthStatus.Healthy);
        entry.Description.Should().Be("Recommended variables not set: Recommended and not set: LOG_LEVEL.");
    }

    [Fact]
    public async Task CheckHealthAsync_SectionsUnknown_IsDegradedNeverHealthy()
    {
        var failing = ScriptedCollector.JobStore(_ => Task.FromResult(new CollectedEvidence
        {
            Workers = new SectionFailure("timeout", "no answer"),
            Queue = new SectionFailure("timeout", "no answer"),
            Database = new SectionFailure("not-configured", "nothing configured"),
        }));
        await using var provider = Fleets.Create([failing]);

        var report = await CheckAsync(provider);

        report.Status.Should().Be(HealthStatus.Degraded);
        report.Entries.ToDictionary(e => e.Key, e => e.Value.Description).Should().BeEquivalentTo(new Dictionary<string, string>
        {
            ["cliply-ffmpeg"] = "Not known: ffmpeg (not collected).",
            ["cliply-yt-dlp"] = "Not known: yt-dlp (not collected).",
            ["cliply-database"] = "Not known: the database (not-configured).",
            ["cliply-heartbeat"] = "Not known: the workers (timeout).",
            ["cliply-queue-backlog"] = "Not known: the queue (timeout).",
            ["cliply-environment"] = "Not known: the environment (not collected).",
            ["cliply-diagnosis"] = "Not known: the fleet (timeout).",
        });
    }

    [Fact]
    public async Task CheckHealthAsync_IdleBehindJobLocks_SaysSo()
    {
        var idle = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Workers = new WorkersEvidence { LivenessSource = LivenessSource.JobLocks, Active = 0 },
            Queue = new QueueEvidence { Runnable = 0, Running = 0, DeadLetter = 0 },
        }));
        await using var provider = Fleets.Create([idle]);

        var entry = (await CheckAsync(provider)).Entries["cliply-heartbeat"];

        entry.Status.Should().Be(HealthStatus.Healthy);
        entry.Description.Should().Be("No job is running; workers show only while they hold one.");
    }

    [Fact]
    public async Task CheckHealthAsync_WorkersWithoutAHeartbeat_IsDegradedNeverFresh()
    {
        var silent = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Workers = new WorkersEvidence { LivenessSource = LivenessSource.JobLocks, Active = 2 },
        }));
        await using var provider = Fleets.Create([silent]);

        var entry = (await CheckAsync(provider)).Entries["cliply-heartbeat"];

        (entry.Status, entry.Description).Should().Be((HealthStatus.Degraded, "Not known: the workers' heartbeats (the job store shows none)."));
    }

    [Fact]
    public async Task CheckHealthAsync_HeartbeatInTheFuture_IsClockSkewAndNoNegativeAge()
    {
        var now = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        var skewed = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore(now) with
        {
            Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, LastHeartbeatAt = now.AddSeconds(90) },
        }));
        await using var provider = Fleets.Create([skewed]);

        var entry = (await CheckAsync(provider)).Entries["cliply-heartbeat"];

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Be("Clocks disagree: The last heartbeat lies 1 min in the future.");
        entry.Data.Should().Contain("lastHeartbeatAgeSeconds", 0.0);
    }

    [Fact]
    public async Task CheckHealthAsync_CountsStoppedAtTheCap_DataSaysWhich()
    {
        var capped = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Queue = new QueueEvidence { Runnable = 10_000, Running = 1, DeadLetter = 10_000, LowerBounds = ["deadLetter", "runnable"] },
        }));
        await using var provider = Fleets.Create([capped]);

        (await CheckAsync(provider)).Entries["cliply-queue-backlog"].Data.Should().Contain("runnable", 10_000L).And.Contain("lowerBounds", "deadLetter, runnable");
    }

    [Fact]
    public async Task CheckHealthAsync_CallerCancels_CancellationEscapes()
    {
        var stalled = ScriptedCollector.JobStore(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new CollectedEvidence();
        });
        await using var provider = Fleets.Create([stalled]);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        cancelled.CancelAfter(50);

        await FluentActions.Awaiting(() => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancelled.Token))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(1, new[] { "Healthy", "Unhealthy", "Healthy", "Unhealthy", "Unhealthy", "Unhealthy", "Healthy" })]
    [InlineData(2, new[] { "Healthy", "Healthy", "Healthy", "Healthy", "Unhealthy", "Unhealthy", "Unhealthy" })]
    [InlineData(3, new[] { "Healthy", "Healthy", "Healthy", "Healthy", "Healthy", "Unhealthy", "Unhealthy" })]
    public async Task CheckHealthAsync_Hysteresis_TurnsAfterReadingsInARow(int readings, string[] expected)
    {
        var statuses = new Queue<BinaryStatus>([BinaryStatus.Available, BinaryStatus.NotFound, BinaryStatus.Available, BinaryStatus.NotFound, BinaryStatus.NotFound, BinaryStatus.NotFound, BinaryStatus.Available]);
        var binaries = new ScriptedCollector("binaries", [SnapshotSection.Binaries], _ => Task.FromResult(BinaryEvidence(statuses.Dequeue(), BinaryStatus.Available, null)));
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), binaries, Variables()], o => o.SnapshotMaxAge = TimeSpan.Zero);

        var definition = FleetHealthCheckDefinition.All.Single(d => d.Name == "cliply-ffmpeg");
        var source = new OneReading();
        var check = new FleetHealthCheck(definition, source, new CliplyDiagnosticsOptions { ReadingsBeforeChange = readings });
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("cliply-ffmpeg", check, HealthStatus.Unhealthy, []) };

        var seen = new List<string>();
        foreach (var _ in expected)
        {
            source.Last = await provider.Fleet().DiagnoseAsync(Cancellation);
            await check.CheckHealthAsync(context, Cancellation);
            seen.Add((await check.CheckHealthAsync(context, Cancellation)).Status.ToString());
        }

        seen.Should().Equal(expected);
    }

    /// <summary>Hands out one reading to several callers, as the shared snapshot does.</summary>
    private sealed class OneReading : IFleetDiagnostics
    {
        public FleetReading? Last { get; set; }

        public Task<FleetReading> DiagnoseAsync(CancellationToken cancellationToken = default) => Task.FromResult(Last!);
    }

    private static async Task<IHost> StartAsync(IEnumerable<IEvidenceCollector> collectors)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddCliplyHealthChecks();
        builder.Services.RemoveAll<IEvidenceCollector>();
        foreach (var collector in collectors)
        {
            builder.Services.AddSingleton(collector);
        }

        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private static Task<HealthReport> CheckAsync(IHost host) => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

    private static Task<HealthReport> CheckAsync(ServiceProvider provider) => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

    private static ScriptedCollector Binaries(BinaryStatus ffmpeg, BinaryStatus ytDlp, string? outsidePath = null) =>
        new("binaries", [SnapshotSection.Binaries], _ => Task.FromResult(BinaryEvidence(ffmpeg, ytDlp, outsidePath)));

    private static CollectedEvidence BinaryEvidence(BinaryStatus ffmpeg, BinaryStatus ytDlp, string? outsidePath) => new()
    {
        Binaries = Section.List(
            new BinaryEvidence { Name = "ffmpeg", Status = ffmpeg, Version = "5.1.9", Path = "/usr/bin/ffmpeg", FoundOutsidePath = outsidePath },
            new BinaryEvidence { Name = "yt-dlp", Status = ytDlp }),
    };

    private static ScriptedCollector Variables(params string[] recommended) => new("environment", [SnapshotSection.Environment], _ => Task.FromResult(new CollectedEvidence
    {
        Environment = new EnvironmentEvidence { MissingRequired = [], MissingRecommended = recommended, Invalid = [] },
    }));
}
