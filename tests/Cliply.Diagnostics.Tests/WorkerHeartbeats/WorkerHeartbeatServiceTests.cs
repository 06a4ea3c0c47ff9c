using Cliply.Diagnostics.Tests.Fakes;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.WorkerHeartbeats;

/// <summary>When it beats, what it logs, and that nothing reaches the host.</summary>
public sealed class WorkerHeartbeatServiceTests : IDisposable
{
    private readonly ScriptedRegistry _registry = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<WorkerHeartbeatService> _logger = new();
    private readonly WorkerHeartbeatService _service;

    public WorkerHeartbeatServiceTests()
    {
        var options = Options.Create(new WorkerHeartbeatOptions());
        _service = new WorkerHeartbeatService(_registry, new WorkerActivity(options, _time), options, _time, _logger);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static WorkerRegistryFailure Refused { get; } = new("nothing listens at its address", IsLasting: false);

    private static WorkerRegistryFailure NoTable { get; } = new("the table public.cliply_workers is not there", IsLasting: true);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task StartedAsync_NotBefore_Announces()
    {
        await _service.StartingAsync(Cancellation);
        await _service.StartAsync(Cancellation);
        await PassAsync(TimeSpan.FromSeconds(20));
        _registry.Beats.Should().Be(0);

        await _service.StartedAsync(Cancellation);

        await Eventually.HoldsAsync(() => _registry.Beats == 1, "the first beat");
    }

    [Fact]
    public async Task StartedAsync_TimePasses_BeatsEveryInterval()
    {
        await _service.StartedAsync(Cancellation);
        await Eventually.HoldsAsync(() => _registry.Beats == 1, "the first beat");

        await PassAsync(TimeSpan.FromSeconds(4));
        _registry.Beats.Should().Be(1);
        await PassUntilAsync(() => _registry.Beats == 13, TimeSpan.FromSeconds(90));

        _logger.Collector.Count.Should().Be(0);
    }

    [Fact]
    public async Task StartedAsync_DatabaseStalls_BeatsDoNotPileUp()
    {
        var stall = new TaskCompletionSource<WorkerRegistryFailure?>();
        _registry.Beat = _ => stall.Task;
        await _service.StartedAsync(Cancellation);

        await PassUntilAsync(() => _logger.Collector.Count == 1, TimeSpan.FromMinutes(2));
        await PassAsync(TimeSpan.FromSeconds(60));
        _registry.Beats.Should().Be(1);
        _registry.Beat = _ => ScriptedRegistry.Succeeded;
        stall.SetResult(null);
        await PassUntilAsync(() => _registry.Beats >= 3, TimeSpan.FromMinutes(2));

        _registry.MostUnderWay.Should().Be(1);
        await Eventually.HoldsAsync(() => _logger.Collector.Count == 2, "the recovery's log line");
        var lines = _logger.Collector.GetSnapshot();
        (lines[0].Level, lines[0].Message).Should().Be((LogLevel.Warning, "The worker's heartbeat is not written: no answer in time. The worker goes on, and the next beat tries again"));
        lines[1].Level.Should().Be(LogLevel.Information);
        lines[1].Message.Should().MatchRegex("^The worker's heartbeat is written again, after [0-9]+ missed beats$");
    }

    [Fact]
    public async Task StartedAsync_TransientFailures_AreLoggedOnceAndTriedAtEveryBeat()
    {
        _registry.Beat = _ => Task.FromResult<WorkerRegistryFailure?>(Refused);
        await _service.StartedAsync(Cancellation);
        await PassUntilAsync(() => _registry.Beats == 10, TimeSpan.FromMinutes(3));
        await Eventually.HoldsAsync(() => _logger.Collector.Count == 1, "the outage's log line");

        _registry.Beat = _ => ScriptedRegistry.Succeeded;
        await PassUntilAsync(() => _logger.Collector.Count == 2, TimeSpan.FromMinutes(1));

        _logger.Collector.GetSnapshot().Select(r => (r.Level, r.Message)).Should().Equal(
            (LogLevel.Warning, "The worker's heartbeat is not written: nothing listens at its address. The worker goes on, and the next beat tries again"),
            (LogLevel.Information, "The worker's heartbeat is written again, after 10 missed beats"));
    }

    [Fact]
    public async Task StartedAsync_LastingFailure_IsLoggedExactlyOnceAndTriedEveryMinute()
    {
        _registry.Beat = _ => Task.FromResult<WorkerRegistryFailure?>(NoTable);
        await _service.StartedAsync(Cancellation);
        await Eventually.HoldsAsync(() => _registry.Beats == 1, "the first beat");

        await PassAsync(TimeSpan.FromSeconds(55));
        _registry.Beats.Should().Be(1);
        await PassUntilAsync(() => _registry.Beats == 6, TimeSpan.FromMinutes(10));

        _logger.Collector.GetSnapshot().Select(r => (r.Level, r.Message)).Should().Equal(
            (LogLevel.Warning, "The worker's heartbeat can't be written: the table public.cliply_workers is not there. The worker goes on, and tries again every 00:01:00"));
    }

    [Fact]
    public async Task StartedAsync_OutageTurnsOutToNeedHelp_IsLoggedOnceMore()
    {
        var failures = new Queue<WorkerRegistryFailure>([Refused, Refused, NoTable, Refused, NoTable]);
        _registry.Beat = _ => Task.FromResult(failures.TryDequeue(out var failure) ? failure : null);
        await _service.StartedAsync(Cancellation);

        await PassUntilAsync(() => _registry.Beats == 6, TimeSpan.FromMinutes(10));

        await Eventually.HoldsAsync(() => _logger.Collector.Count == 3, "the recovery's log line");
        _logger.Collector.GetSnapshot().Select(r => r.Message).Should().Equal(
            "The worker's heartbeat is not written: nothing listens at its address. The worker goes on, and the next beat tries again",
            "The worker's heartbeat can't be written: the table public.cliply_workers is not there. The worker goes on, and tries again every 00:01:00",
            "The worker's heartbeat is written again, after 5 missed beats");
    }

    [Fact]
    public async Task StartedAsync_StoreThrows_TheNextBeatTriesAgain()
    {
        _registry.Beat = _ => _registry.Beats == 1 ? throw new InvalidOperationException("Host=canary-host") : ScriptedRegistry.Succeeded;
        await _service.StartedAsync(Cancellation);

        await PassUntilAsync(() => _logger.Collector.Count == 2, TimeSpan.FromMinutes(1));

        _logger.Collector.GetSnapshot()[0].Message.Should().Be("The worker's heartbeat is not written: unexpected InvalidOperationException. The worker goes on, and the next beat tries again");
    }

    [Fact]
    public async Task StoppedAsync_Announced_RemovesTheRowOnceAndBeatsNoMore()
    {
        await _service.StartedAsync(Cancellation);
        await Eventually.HoldsAsync(() => _registry.Beats == 1, "the first beat");

        // A worker that finishes its jobs still beats.
        await _service.StoppingAsync(Cancellation);
        await _service.StopAsync(Cancellation);
        await PassUntilAsync(() => _registry.Beats == 2, TimeSpan.FromMinutes(1));
        _registry.Removals.Should().Be(0);
        await _service.StoppedAsync(new CancellationToken(canceled: true));
        await PassAsync(TimeSpan.FromSeconds(30));

        (_registry.Beats, _registry.Removals).Should().Be((2, 1));
        _logger.Collector.Count.Should().Be(0);
    }

    [Fact]
    public async Task StoppedAsync_NeverListed_AsksForNoRemoval()
    {
        _registry.Beat = _ => Task.FromResult<WorkerRegistryFailure?>(NoTable);
        await _service.StartedAsync(Cancellation);
        await Eventually.HoldsAsync(() => _logger.Collector.Count == 1, "the log line");

        await _service.StoppedAsync(Cancellation);

        _registry.Removals.Should().Be(0);
    }

    [Fact]
    public async Task StoppedAsync_NeverStarted_DoesNothing()
    {
        await _service.StoppedAsync(Cancellation);

        (_registry.Beats, _registry.Removals).Should().Be((0, 0));
    }

    [Fact]
    public async Task StoppedAsync_DatabaseStalls_GivesUpAndSaysSo()
    {
        _registry.Remove = _ => new TaskCompletionSource<WorkerRegistryFailure?>().Task;
        await _service.StartedAsync(Cancellation);
        await Eventually.HoldsAsync(() => _registry.Beats == 1, "the first beat");

        var stopping = _service.StoppedAsync(Cancellation);
        await Eventually.HoldsAsync(() => _registry.Removals == 1, "the removal");
        stopping.IsCompleted.Should().BeFalse();
        _time.Advance(WorkerHeartbeatService.RemovalDeadline);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        _logger.LatestRecord.Message.Should().Be("The worker's row could not be removed: no answer in time. It will show as a stale worker until it expires");
    }

    [Theory]
    [InlineData(5_000, 4_000)]
    [InlineData(100, 80)]
    [InlineData(60_000, 10_000)]
    public void DeadlineOf_Interval_IsBelowIt(int interval, int deadline) =>
        WorkerHeartbeatService.DeadlineOf(TimeSpan.FromMilliseconds(interval)).Should().Be(TimeSpan.FromMilliseconds(deadline));

    /// <summary>Lets time pass in steps, and other threads run in between: timers are set by them.</summary>
    private async Task PassAsync(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(2, Cancellation);
        }
    }

    private async Task PassUntilAsync(Func<bool> condition, TimeSpan atMost)
    {
        for (var passed = TimeSpan.Zero; !condition(); passed += TimeSpan.FromSeconds(1))
        {
            passed.Should().BeLessThan(atMost);
            await PassAsync(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Cancellation);
        }
    }
}
