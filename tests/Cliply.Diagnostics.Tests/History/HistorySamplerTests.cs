using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.History;

/// <summary>The background reading, in a host as users have it, by a clock that the test moves.</summary>
public sealed class HistorySamplerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_see_workers_fluctuate_though_nobody_probes()
    {
        var active = 2;
        var store = Store(() => active);
        using var host = await StartAsync(store);

        foreach (var count in new[] { 2, 0, 3, 0, 1 })
        {
            active = count;
            var last = Fleet(host).Last?.Number ?? 0;
            await AdvanceUntilAsync(() => Fleet(host).Last?.Number > last);
        }

        _time.Advance(TimeSpan.FromSeconds(6));
        var reading = await Fleet(host).DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Value!.Select(p => p.ActiveWorkers).Should().Equal(2, 0, 3, 0, 1);
        var diagnosis = reading.Report.Diagnoses.Single(d => d.Code == "workers-crash-looping");
        diagnosis.Confidence.Should().Be(Confidence.Likely);
        diagnosis.Summary.Should().Be("The number of workers returned from 0 2 times within 30 min.");
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task DiagnoseAsync_SecondReading_KnowsTheFirst()
    {
        await using var provider = Fleets.Create([Store(() => 2)], services: s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));

        var first = await provider.Fleet().DiagnoseAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(6));
        var second = await provider.Fleet().DiagnoseAsync(Cancellation);

        first.Report.Unknowns.Single(u => u.Section == "history").Reason.Should().Be("not collected");
        second.Report.Unknowns.Should().NotContain(u => u.Section == "history");
        second.Snapshot.History.Value.Should().Equal(new HistoryPoint { At = first.Snapshot.CapturedAt, ActiveWorkers = 2, Runnable = 3, DeadLetter = 0 });
    }

    [Fact]
    public async Task StartedAsync_BeforeTheFirstInterval_TakesNoReading()
    {
        var store = Store(() => 2);
        using var host = await StartAsync(store);

        for (var i = 0; i < 14; i++)
        {
            await Task.Delay(50, Cancellation);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await Task.Delay(50, Cancellation);
        store.Calls.Should().Be(0);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task SampleAsync_SomebodyReadsOftenEnough_TakesNone()
    {
        var store = Store(() => 2);
        using var host = await StartAsync(store);

        for (var i = 0; i < 20; i++)
        {
            await Fleet(host).DiagnoseAsync(Cancellation);
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(20, Cancellation);
        }

        store.Calls.Should().Be(20);
        store.MostAtOnce.Should().Be(1);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task SampleAsync_SnapshotsServeLonger_CollectsNoMoreOften()
    {
        var store = Store(() => 2);
        var start = _time.GetUtcNow();
        using var host = await StartAsync(store, o => o.SnapshotMaxAge = TimeSpan.FromMinutes(1));

        await AdvanceUntilAsync(() => store.Calls == 4);

        // The first after an interval, each further one when the one before it has aged.
        (_time.GetUtcNow() - start).Should().BeGreaterThan(TimeSpan.FromSeconds(15 + (3 * 60)));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task SampleAsync_SwitchedOff_TakesNone()
    {
        var store = Store(() => 2);
        using var host = await StartAsync(store, o => o.History.InBackground = false);

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(15));
            await Task.Delay(20, Cancellation);
        }

        store.Calls.Should().Be(0);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task SampleAsync_ReadingFails_IsLoggedOncePerStreakAndGoesOn()
    {
        var fleet = new FailingFleet();
        using var host = await StartAsync(Store(() => 2), services: s => s.Replace(ServiceDescriptor.Singleton<IFleetDiagnostics>(fleet)));

        await AdvanceUntilAsync(() => fleet.Calls >= 3);
        fleet.Fails = false;
        var calls = fleet.Calls;
        await AdvanceUntilAsync(() => fleet.Calls > calls);
        fleet.Fails = true;
        calls = fleet.Calls;
        await AdvanceUntilAsync(() => fleet.Calls > calls + 1);
        await host.StopAsync(Cancellation);

        _log.GetSnapshot().Where(r => r.Level >= LogLevel.Warning).Select(r => r.Message.Split(": System.InvalidOperationException: made up")[0]).Should().Equal(
            "No reading could be taken in the background; the history has a gap until one can",
            "No reading could be taken in the background; the history has a gap until one can");
    }

    [Fact]
    public async Task StopAsync_WhileAReadingStalls_EndsAtOnce()
    {
        var never = new TaskCompletionSource<CollectedEvidence>();
        var store = ScriptedCollector.JobStore(_ => never.Task);
        using var host = await StartAsync(store);
        await AdvanceUntilAsync(() => store.Calls == 1);

        await host.StopAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        _log.GetSnapshot().Where(r => r.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Fact]
    public async Task StartAsync_CollectorCannotBeMade_HostStartsAllTheSame()
    {
        using var host = await StartAsync(Store(() => 2), services: s => s.AddSingleton<IEvidenceCollector>(_ => throw new InvalidOperationException("made up")));

        await AdvanceUntilAsync(() => _log.GetSnapshot().Any(r => r.Message.StartsWith("No reading", StringComparison.Ordinal)));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public void AddCliplyDiagnostics_Twice_SamplesOnce()
    {
        var services = new ServiceCollection();
        services.AddCliplyDiagnostics();
        services.AddCliplyHealthChecks();

        services.Count(d => d.ServiceType == typeof(IHostedService) && d.ImplementationType?.Name == "HistorySampler").Should().Be(1);
    }

    private static IFleetDiagnostics Fleet(IHost host) => host.Services.GetRequiredService<IFleetDiagnostics>();

    private ScriptedCollector Store(Func<int> active) => ScriptedCollector.JobStore(_ =>
    {
        var store = ScriptedCollector.HealthyStore(_time.GetUtcNow());
        return Task.FromResult(store with { Workers = store.Workers.Value! with { Active = active() } });
    });

    private async Task<IHost> StartAsync(IEvidenceCollector store, Action<CliplyDiagnosticsOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_log));
        builder.Services.AddCliplyDiagnostics(configure);
        builder.Services.RemoveAll<IEvidenceCollector>();
        builder.Services.AddSingleton(store);
        services?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    /// <summary>Moves the clock on in small steps, for the sampler sets its next timer some time after a reading.</summary>
    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            i.Should().BeLessThan(3_000, "a reading should have been taken by now");
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Cancellation);
        }
    }

    private sealed class FailingFleet : IFleetDiagnostics
    {
        private int _calls;

        public volatile bool Fails = true;

        public int Calls => _calls;

        public FleetReading? Last => null;

        public Task<FleetReading> DiagnoseAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _calls);
            return Fails
                ? Task.FromException<FleetReading>(new InvalidOperationException("made up"))
                : Task.FromResult(new FleetReading
                {
                    Snapshot = new DiagnosticSnapshot { SchemaVersion = 1, CapturedAt = default },
                    Report = new Classification.DiagnosisClassifier().Classify(new DiagnosticSnapshot { SchemaVersion = 1, CapturedAt = default }),
                    CollectedAt = default,
                    Collectors = [],
                    Number = 1,
                });
        }
    }
}
