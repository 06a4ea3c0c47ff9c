using System.Text.Json;
using Cliply.Diagnostics.Evidence;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>What a container uses, from the answers of Docker on cgroup v1 and v2 and of Podman.</summary>
public sealed class ContainerUsageTests
{
    [Fact]
    public void Usage_OfCgroupV2_IsOfTheQuotaAndWithoutCache() =>
        Of("docker-stats-cgroup-v2.json", new HostConfig { Memory = 1_073_741_824, CPUQuota = 50_000, CPUPeriod = 100_000 })
            .Should().Be(new ResourceEvidence { Instance = "worker-1", CpuPercent = 20, MemoryBytes = 450_000_000, MemoryLimitBytes = 1_073_741_824 });

    [Fact]
    public void Usage_OfCgroupV1WithoutLimits_IsOfAllCores() =>
        Of("docker-stats-cgroup-v1.json", new HostConfig())
            .Should().Be(new ResourceEvidence { Instance = "worker-1", CpuPercent = 100, MemoryBytes = 350_000_000 });

    [Theory]
    [InlineData(0, 0, 0, "", 10.0)]
    [InlineData(2_000_000_000, 0, 0, "", 20.0)]
    [InlineData(0, 25_000, 0, "", 160.0)]
    [InlineData(8_000_000_000, 0, 0, "", 10.0)]
    [InlineData(0, 0, 0, "0-1,3", 13.3)]
    [InlineData(0, 0, 0, "nonsense", 10.0)]
    public void Cpu_ByLimit_IsInPercentOfIt(long nanoCpus, long quota, long period, string pinned, double expected)
    {
        var stats = Stats("docker-stats-cgroup-v2.json");
        stats.CPUStats!.CPUUsage.TotalUsage = 400_215_355;

        ContainerUsage.Of("worker-1", stats, CpuSample.Before(stats), new HostConfig { NanoCPUs = nanoCpus, CPUQuota = quota, CPUPeriod = period, CpusetCpus = pinned })
            .CpuPercent.Should().Be(expected);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(61)]
    [InlineData(-1)]
    public void Cpu_OfSamplesThatCanNotBeCompared_IsNotObservable(double seconds)
    {
        var stats = Stats("podman-stats.json");
        var earlier = new CpuSample(new DateTimeOffset(stats.Read) - TimeSpan.FromSeconds(seconds), 1);

        ContainerUsage.Of("worker-1", stats, earlier, new HostConfig()).CpuPercent.Should().BeNull();
    }

    [Fact]
    public void Cpu_AfterARestart_IsNotObservable()
    {
        var stats = Stats("podman-stats.json");
        var earlier = new CpuSample(new DateTimeOffset(stats.Read) - TimeSpan.FromSeconds(10), 500_000_000);

        ContainerUsage.Of("worker-1", stats, earlier, new HostConfig()).CpuPercent.Should().BeNull();
    }

    [Fact]
    public void Usage_OfPodman_HasNoSampleBefore()
    {
        var stats = Stats("podman-stats.json");

        CpuSample.Before(stats).Should().BeNull();
        ContainerUsage.Of("worker-1", stats, new CpuSample(new DateTimeOffset(stats.Read) - TimeSpan.FromSeconds(2), 62_441_544), new HostConfig { Memory = 64 * 1024 * 1024 })
            .Should().Be(new ResourceEvidence { Instance = "worker-1", CpuPercent = 10, MemoryBytes = 729_088, MemoryLimitBytes = 64 * 1024 * 1024 });
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(20_000_000_000, 20_000_000_000)]
    [InlineData(64_000_000_000, null)]
    public void MemoryLimit_NoneOrAboveTheHosts_IsNone(long limit, long? expected) =>
        ContainerUsage.Of("worker-1", Stats("podman-stats.json"), null, new HostConfig { Memory = limit }).MemoryLimitBytes.Should().Be(expected);

    private static ResourceEvidence Of(string payload, HostConfig limits)
    {
        var stats = Stats(payload);
        return ContainerUsage.Of("worker-1", stats, CpuSample.Before(stats), limits);
    }

    private static ContainerStatsResponse Stats(string payload) => JsonSerializer.Deserialize<ContainerStatsResponse>(Payloads.Read(payload))!;
}
