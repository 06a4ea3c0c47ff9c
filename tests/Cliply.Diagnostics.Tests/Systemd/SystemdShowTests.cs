using Cliply.Diagnostics.Systemd;

namespace Cliply.Diagnostics.Tests.Systemd;

public sealed class SystemdShowTests
{
    [Fact]
    public void Parse_RunningUnit_ReadsEveryProperty() =>
        Captured.Unit("running").Should().Be(new SystemdUnit
        {
            Id = "cliply-worker.service",
            LoadState = "loaded",
            ActiveState = "active",
            SubState = "running",
            Result = "success",
            Type = "simple",
            UnitFileState = "enabled",
            MainPid = 40,
            StartedAt = At("07:48:14"),
            ChangedAt = At("07:48:14"),
            Restarts = 0,
            MemoryBytes = 188416,
            ControlGroup = "/app.slice/cliply-worker.service",
        });

    [Fact]
    public void Parse_KilledUnit_ReadsHowItEnded() =>
        Captured.Unit("killed").Should().BeEquivalentTo(new
        {
            Name = "cliply-worker",
            ActiveState = "failed",
            Result = "signal",
            ExecMainCode = 2,
            ExecMainStatus = 9,
            Restarts = 5,
            ExitedAt = At("08:03:46"),
            InactiveSince = At("08:03:46"),
            ExitedMonotonic = 3548296157,
            LeftActiveMonotonic = 3548296810,
            MemoryBytes = (long?)null,
            MemoryLimitBytes = (long?)null,
            CpuSeconds = (double?)null,
            CpuQuota = (double?)null,
        });

    [Fact]
    public void Parse_SeveralUnits_ReadsEachBlockOnce()
    {
        var text = Captured.Text("running.txt") + "\n" + Captured.Text("template-instance.txt") + "\n\n" + Captured.Text("running.txt");

        SystemdShow.Parse(text).Select(u => u.Name).Should().Equal("cliply-worker", "cliply-worker@1");
    }

    [Fact]
    public void Parse_LimitsAndUsage_AreNumbers()
    {
        var unit = SystemdShow.Parse("Id=a.service\nMemoryCurrent=1048576\nMemoryMax=2097152\nCPUUsageNSec=1500000000\nCPUQuotaPerSecUSec=1s 500ms\nNRestarts=3\n")[0];

        (unit.MemoryBytes, unit.MemoryLimitBytes, unit.CpuSeconds, unit.CpuQuota, unit.Restarts).Should().Be((1048576, 2097152, 1.5, 1.5, 3));
    }

    [Theory]
    [InlineData("2097152", "1048576", 1048576)]
    [InlineData("2097152", "infinity", 2097152)]
    [InlineData("infinity", "1048576", 1048576)]
    [InlineData("infinity", "infinity", null)]
    public void Parse_MemoryLimitOfUnitAndSlice_TakesTheLower(string own, string effective, int? expected) =>
        SystemdShow.Parse($"Id=a.service\nMemoryMax={own}\nEffectiveMemoryMax={effective}\n")[0].MemoryLimitBytes.Should().Be(expected);

    [Theory]
    [InlineData("[not set]")]
    [InlineData("infinity")]
    [InlineData("18446744073709551615")]
    [InlineData("")]
    [InlineData("-1")]
    public void Count_WordsForNone_AreNull(string text) => SystemdShow.Count(text).Should().BeNull();

    [Theory]
    [InlineData("Wed 2026-11-25 07:48:14 UTC", "2026-11-25T07:48:14Z")]
    [InlineData("Wed 2026-11-25 07:48:14.250000 UTC", "2026-11-25T07:48:14.25Z")]
    [InlineData("@1795592894", "2026-11-25T07:48:14Z")]
    [InlineData("Wed 2026-11-25 08:48:14 CET", null)]
    [InlineData("n/a", null)]
    [InlineData("@0", null)]
    [InlineData("@99999999999999999", null)]
    [InlineData("", null)]
    public void Time_EachForm_IsUtcOrUnknown(string text, string? expected) =>
        SystemdShow.Time(text).Should().Be(expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("1min 30s", 90.0)]
    [InlineData("2s", 2.0)]
    [InlineData("infinity", null)]
    [InlineData("5 apples", null)]
    [InlineData("", null)]
    public void Duration_EachForm_IsSecondsOrUnknown(string text, double? expected) => SystemdShow.Duration(text).Should().Be(expected);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("Id=\nActiveState=active\n")]
    [InlineData("no equals sign\n=\n")]
    [InlineData("ActiveState=active")]
    public void Parse_NoUnit_IsEmpty(string text) => SystemdShow.Parse(text).Should().BeEmpty();

    private static DateTimeOffset At(string clock) => DateTimeOffset.Parse($"2026-11-25T{clock}Z", System.Globalization.CultureInfo.InvariantCulture);
}
