using System.Net;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.WorkerHeartbeats;

public sealed class WorkerActivityTests
{
    [Fact]
    public void WorkerId_Default_IsHostProcessAndStart()
    {
        var activity = new WorkerActivity(Options.Create(new WorkerHeartbeatOptions()), new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123)));

        activity.WorkerId.Should().Be($"{Dns.GetHostName()}:{Environment.ProcessId}:1700000000123");
        activity.Now().Id.Should().Be(activity.WorkerId);
    }

    [Fact]
    public void Now_OptionsGiven_AnnouncesThem()
    {
        var beat = Create(new WorkerHeartbeatOptions { WorkerId = "node-a:1:2", Version = "1.2.3" }).Now();

        beat.Should().BeEquivalentTo(new { Id = "node-a:1:2", Host = Dns.GetHostName(), ProcessId = Environment.ProcessId, Version = "1.2.3" });
    }

    [Fact]
    public void Now_NoJobEverTold_RunningJobsAreUnknownNotZero()
    {
        var beat = Create().Now();

        beat.RunningJobs.Should().BeNull();
        beat.Kinds.Should().BeEmpty();
    }

    [Fact]
    public void Begin_SeveralJobs_AreCountedUntilDisposed()
    {
        var activity = Create();

        var first = activity.Begin("TRANSCRIBE");
        var second = activity.Begin("TRANSCRIBE");
        using (activity.Begin("CLIP_RENDER"))
        {
            Announced().Should().Be((3, "CLIP_RENDER TRANSCRIBE"));
        }

        Announced().Should().Be((2, "TRANSCRIBE"));
        first.Dispose();
        first.Dispose();
        Announced().Should().Be((1, "TRANSCRIBE"));
        second.Dispose();
        Announced().Should().Be((0, ""));

        (int?, string) Announced() => (activity.Now().RunningJobs, string.Join(' ', activity.Now().Kinds));
    }

    [Fact]
    public async Task Begin_FromManyThreads_LosesNoJob()
    {
        var activity = Create();
        var held = new System.Collections.Concurrent.ConcurrentBag<IDisposable>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                activity.Begin($"KIND_{i % 7}").Dispose();
                held.Add(activity.Begin($"KIND_{thread}"));
            }
        })));

        activity.Now().RunningJobs.Should().Be(40_000);
        foreach (var job in held)
        {
            job.Dispose();
        }

        activity.Now().Should().Match<WorkerBeat>(b => b.RunningJobs == 0 && b.Kinds.Length == 0);
    }

    [Fact]
    public void Now_HostileKinds_AreTextsThatEveryDatabaseTakes()
    {
        var activity = Create();
        using var hostile = activity.Begin("a\0b\ud800c\u001b[31m'; drop table jobs");
        using var longOne = activity.Begin(new string('z', 199) + "😀");

        activity.Now().Kinds.Should().Equal("a\ufffdb\ufffdc\ufffd[31m'; drop table jobs", new string('z', 199));
    }

    [Fact]
    public void Now_ThousandKinds_AnnouncesTheFirstFifty()
    {
        var activity = Create();
        for (var i = 0; i < 1_000; i++)
        {
            activity.Begin($"KIND_{i:000}");
        }

        var beat = activity.Now();

        beat.RunningJobs.Should().Be(1_000);
        beat.Kinds.Should().HaveCount(WorkerActivity.MaxKinds).And.StartWith(["KIND_000", "KIND_001"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Begin_NoKind_Throws(string? kind) =>
        FluentActions.Invoking(() => Create().Begin(kind!)).Should().Throw<ArgumentException>().WithParameterName(nameof(kind));

    private static WorkerActivity Create(WorkerHeartbeatOptions? options = null) => new(Options.Create(options ?? new WorkerHeartbeatOptions()), TimeProvider.System);
}
