using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Tests.Platforms;

/// <summary>File trees as the kernel shows them with version 1, version 2 and both.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private const string Version2Mount = "30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";
    private const string Version1Mounts = """
        28 24 0:25 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:8 - tmpfs tmpfs ro,mode=755
        31 28 0:27 / /sys/fs/cgroup/systemd rw,relatime shared:10 - cgroup cgroup rw,xattr,name=systemd
        33 28 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:12 - cgroup cgroup rw,cpu,cpuacct
        34 28 0:30 / /sys/fs/cgroup/memory rw,relatime shared:13 - cgroup cgroup rw,memory
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("cliply-cgroup-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void LimitsOf_Version2_TakesTheLowestUpTheHierarchy()
    {
        Write("sys/fs/cgroup/system.slice/worker.service/memory.max", "max\n");
        Write("sys/fs/cgroup/system.slice/worker.service/cpu.max", "150000 100000\n");
        Write("sys/fs/cgroup/system.slice/memory.max", "1073741824\n");
        Write("sys/fs/cgroup/system.slice/cpu.max", "max 100000\n");

        ControlGroups.LimitsOf(_root, "0::/system.slice/worker.service\n", Version2Mount).Should().Be((1073741824, 1.5));
    }

    [Fact]
    public void LimitsOf_Version1_TakesTheLowestUpTheHierarchy()
    {
        Write("sys/fs/cgroup/memory/user.slice/a/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/user.slice/memory.limit_in_bytes", "536870912\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/cpu,cpuacct/user.slice/cpu.cfs_quota_us", "-1\n");
        Write("sys/fs/cgroup/cpu,cpuacct/user.slice/cpu.cfs_period_us", "100000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/user.slice/a/cpu.cfs_quota_us", "50000\n");
        Write("sys/fs/cgroup/cpu,cpuacct/user.slice/a/cpu.cfs_period_us", "100000\n");

        ControlGroups.LimitsOf(_root, "9:name=systemd:/user.slice/a\n6:memory:/user.slice/a\n3:cpu,cpuacct:/user.slice/a\n", Version1Mounts).Should().Be((536870912, 0.5));
    }

    [Fact]
    public void LimitsOf_BothVersions_TakesEachFromWhereItsControllerIs()
    {
        Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1000\n");
        Write("sys/fs/cgroup/unified/a/cgroup.procs", "1\n");
        var mounts = Version1Mounts + "\n36 28 0:31 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

        ControlGroups.LimitsOf(_root, "4:memory:/a\n0::/a\n", mounts).Should().Be((1000, null));
    }

    [Fact]
    public void LimitsOf_MountOfASubtree_IsReadBelowItsRoot()
    {
        Write("sys/fs/cgroup/memory.max", "2000\n");
        var mounts = Version2Mount.Replace(" / /sys", " /docker/abc /sys", StringComparison.Ordinal);

        ControlGroups.LimitsOf(_root, "0::/docker/abc\n", mounts).Should().Be((2000, null));
        ControlGroups.LimitsOf(_root, "0::/docker/other\n", mounts).Should().Be(((long?)null, (double?)null));
    }

    [Theory]
    [InlineData("0::/../../other\n")]
    [InlineData("0::/\n")]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData(null)]
    public void LimitsOf_NothingToSee_IsNoLimit(string? membership) => ControlGroups.LimitsOf(_root, membership, Version2Mount).Should().Be(((long?)null, (double?)null));

    [Fact]
    public void LimitsOf_MountPointWithASpace_IsUnescaped()
    {
        Write("mnt/c groups/memory.max", "3000\n");

        ControlGroups.LimitsOf(_root, "0::/\n", "30 24 0:26 / /mnt/c\\040groups rw - cgroup2 cgroup2 rw\n").Should().Be((3000, null));
    }

    [Theory]
    [InlineData("sys/fs/cgroup", "inactive_file 70", 70)]
    [InlineData("sys/fs/cgroup/memory", "inactive_file 1\ntotal_inactive_file 80", 80)]
    [InlineData("sys/fs/cgroup", "anon 5", 0)]
    public void ReclaimableBytes_EachVersion_IsReadFromItsStatistics(string mount, string text, long expected)
    {
        Write($"{mount}/system.slice/w.service/memory.stat", text + "\n");

        ControlGroups.ReclaimableBytes(_root, "/system.slice/w.service").Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/../../etc")]
    public void ReclaimableBytes_NoGroup_IsNone(string group) => ControlGroups.ReclaimableBytes(_root, group).Should().Be(0);

    private void Write(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
