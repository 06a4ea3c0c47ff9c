using System.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>Hosts that share through a distributed cache.</summary>
public sealed class DistributedCacheSharingTests
{
    private readonly SkippingTime _clock = new();
    private readonly SwitchedCache _cache;

    public DistributedCacheSharingTests() => _cache = new SwitchedCache(_clock.GetUtcNow);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task I_can_share_through_a_cache_and_the_fleet_is_collected_once_per_interval(int count)
    {
        var hosts = Enumerable.Range(0, count).Select(i => Host($"host-{i}")).ToList();

        for (var interval = 1; interval <= 3; interval++)
        {
            // The first alone: in the same moment, a cache may let two of them collect.
            var readings = new List<FleetReading> { await hosts[0].Host.DiagnoseAsync() };
            readings.AddRange(await Task.WhenAll(hosts.Skip(1).Select(h => h.Host.DiagnoseAsync())));

            hosts.Sum(h => h.Store.Calls).Should().Be(interval);
            hosts.Should().OnlyContain(h => h.Host.Own.Calls == interval);
            readings.Should().OnlyContain(r => r.Snapshot.Queue.Value!.Runnable == 3);
            readings.Select(r => r.Snapshot.Binaries.Value!.Single().Version).Should().Equal(Enumerable.Range(0, count).Select(i => $"host-{i}"));
            readings.Skip(1).Should().OnlyContain(r => r.Age > TimeSpan.Zero && string.Join(' ', r.Collectors.Select(c => $"{c.Name}{c.Failure}")) == "own shared" && r.Snapshot.Database.Value!.LatencyMilliseconds == 0.25);
            Skip(TimeSpan.FromMinutes(1), [.. hosts.Select(h => h.Host)]);
        }

        hosts.SelectMany(h => h.Host.Told).Should().BeEmpty();
        _cache.Keys.Should().HaveCount(2).And.OnlyContain(k => System.Text.RegularExpressions.Regex.IsMatch(k, "^cliply:snapshot:[0-9a-f]{32}:(evidence|lease)$"));
    }

    [Fact]
    public async Task DiagnoseAsync_ManyInTheSameMoment_AllAnswerAndWaitForWhoeverCollects()
    {
        var hosts = Enumerable.Range(0, 5).Select(i => Host($"host-{i}")).ToList();

        var readings = await Task.WhenAll(hosts.Select(h => h.Host.DiagnoseAsync()));

        readings.Should().OnlyContain(r => r.Snapshot.Queue.IsKnown);
        hosts.Sum(h => h.Store.Calls).Should().BeInRange(1, 5);
    }

    [Fact]
    public async Task DiagnoseAsync_OwnDatabaseIsDown_DoesNotTakeAnothersWord()
    {
        var (one, _) = Host("one");
        var (two, store) = Host("two");
        store.IsDown = true;
        await one.DiagnoseAsync();

        var reading = await two.DiagnoseAsync();

        reading.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Refused);
        reading.Report.Diagnoses.Should().Contain(d => d.Code == "database-unavailable");
        reading.Age.Should().Be(TimeSpan.Zero);
        store.Calls.Should().Be(1);
    }

    [Fact]
    public async Task DiagnoseAsync_SharedSomeTimeAgo_SaysItsAgeByTheDatabasesClock()
    {
        var (one, _) = Host("one");
        var (two, _) = Host("two");
        await one.DiagnoseAsync();

        // This host's own clock is an hour late, which must not matter.
        _clock.Skip(TimeSpan.FromSeconds(20));
        two.Time.Skip(TimeSpan.FromHours(-1));
        var reading = await two.DiagnoseAsync();

        reading.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(20)).And.BeLessThan(TimeSpan.FromSeconds(50));
        two.Told.Should().BeEmpty();
    }

    [Fact]
    public async Task DiagnoseAsync_LeaderHangs_OthersCollectThemselvesInTime()
    {
        var (hung, store) = Host("hung", configure: SharingHost.Deadlines(6, 8));
        var (other, _) = Host("other", configure: SharingHost.Deadlines(6, 8));
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        store.Before = () =>
        {
            started.TrySetResult();
            return release.Task;
        };
        var hanging = hung.DiagnoseAsync();
        await started.Task;

        var watch = Stopwatch.StartNew();
        var alone = await other.DiagnoseAsync();
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(8 + 2));
        (await hanging).Snapshot.Queue.Unavailable!.Code.Should().Be("timeout");
        release.SetResult();
        Skip(TimeSpan.FromMinutes(1), other);
        var leading = await other.DiagnoseAsync();

        alone.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "timeout"));
        leading.Collectors.Select(c => c.Name).Should().Equal("store", "own");
        other.Told.Should().Equal(
            "The fleet's snapshot is not shared: the host that collects for all has not finished in time. This host collects for itself, and tries again with the next reading",
            "The fleet's snapshot is shared again, after 1 readings without");
    }

    [Fact]
    public async Task DiagnoseAsync_CacheThrows_CollectsSaysItOnceAndRecovers()
    {
        var (host, _) = Host("one");
        _cache.Before = () => throw new InvalidOperationException("redis.internal:6379,password=CANARY-made-up");
        for (var i = 0; i < 3; i++)
        {
            (await host.DiagnoseAsync()).Snapshot.Queue.IsKnown.Should().BeTrue();
            Skip(TimeSpan.FromMinutes(1), host);
        }

        _cache.Before = () => Task.CompletedTask;
        await host.DiagnoseAsync();

        host.Told.Should().Equal(
            "The fleet's snapshot is not shared: the distributed cache failed with InvalidOperationException. This host collects for itself, and tries again with the next reading",
            "The fleet's snapshot is shared again, after 3 readings without");
    }

    [Fact]
    public async Task DiagnoseAsync_CacheHangsAndIgnoresItsToken_CollectsInTimeAndAsksOnceOnly()
    {
        var (host, store) = Host("one", configure: SharingHost.Deadlines(4, 6));
        var calls = 0;
        var never = new TaskCompletionSource();
        _cache.Before = () =>
        {
            Interlocked.Increment(ref calls);
            return never.Task;
        };

        for (var i = 1; i <= 2; i++)
        {
            var watch = Stopwatch.StartNew();
            var reading = await host.DiagnoseAsync();
            watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(6 + 2));
            reading.Snapshot.Queue.IsKnown.Should().BeTrue();
            reading.Collectors[^1].Should().Match<CollectorRun>(c => c.Name == "shared" && c.Failure == "timeout");
            store.Calls.Should().Be(i);
            Skip(TimeSpan.FromMinutes(1), host);
        }

        calls.Should().Be(1);
        host.Told.Should().Equal("The fleet's snapshot is not shared: no answer in time. This host collects for itself, and tries again with the next reading");
        never.SetResult();
    }

    [Fact]
    public async Task DiagnoseAsync_CacheFailsOnlyWhenWritten_ReadingIsWhole()
    {
        var (host, store) = Host("one");
        store.Before = () =>
        {
            _cache.Before = () => throw new TimeoutException("redis.internal");
            return Task.CompletedTask;
        };

        var reading = await host.DiagnoseAsync();

        reading.Snapshot.Queue.IsKnown.Should().BeTrue();
        reading.Collectors.Select(c => (c.Name, c.Failure)).Should().Equal(("store", null), ("own", null), ("shared", "timeout"));
        host.Told.Should().Equal("The fleet's snapshot is not shared: the distributed cache gave no answer in time. This host collects for itself, and tries again with the next reading");
    }

    [Fact]
    public async Task DiagnoseAsync_EntryCantBeRead_CollectsAndSaysSo()
    {
        var (one, _) = Host("one");
        var (two, store) = Host("two");
        await one.DiagnoseAsync();
        _cache.Set(_cache.Keys.Single(k => k.EndsWith(":evidence", StringComparison.Ordinal)), "garbage"u8.ToArray(), new DistributedCacheEntryOptions());

        (await two.DiagnoseAsync()).Snapshot.Queue.IsKnown.Should().BeTrue();

        store.Calls.Should().Be(1);
        two.Told.Should().Equal("The fleet's snapshot is not shared: what is shared can't be read: it was changed, or is not of this version. The next collection replaces it. This host collects for itself, and tries again with the next reading");
    }

    [Fact]
    public async Task DiagnoseAsync_OtherDatabaseWithTheSameTable_IsNotShared()
    {
        var (one, _) = Host("one");
        var (two, store) = Host("two", identity: "other:5432/jobs");

        await one.DiagnoseAsync();
        await two.DiagnoseAsync();

        store.Calls.Should().Be(1);
        _cache.Keys.Should().HaveCount(4);
    }

    private (SharingHost Host, ScriptedStore Store) Host(string name, string identity = "db:5432/jobs", Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var store = new ScriptedStore(_clock) { Identity = identity };
        var host = new SharingHost(null, name, configure: configure, services: builder =>
        {
            builder.ShareSnapshotsInDistributedCache();
            builder.Services.AddSingleton<IDistributedCache>(_cache);
            builder.Services.Replace(ServiceDescriptor.Singleton<IJobStoreCollector>(store));
        });
        return (host, store);
    }

    private void Skip(TimeSpan time, params SharingHost[] hosts)
    {
        _clock.Skip(time);
        foreach (var host in hosts)
        {
            host.Time.Skip(time);
        }
    }
}
