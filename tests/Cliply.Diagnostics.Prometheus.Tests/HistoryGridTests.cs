using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Prometheus.Tests;

public sealed class HistoryGridTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 7, 300, TimeSpan.Zero);

    [Fact]
    public void Grid_IsAlignedToTheStepAndEndsBeforeNow()
    {
        var grid = Minute();

        grid.End.Should().Be(At(0));
        grid.Start.Should().Be(At(-60));
    }

    [Fact]
    public void Points_GapsNaNAndInfinity_AreNullNotZero()
    {
        var grid = Minute();
        var active = grid.Counts([Series((-45, 2), (-30, double.NaN), (0, 0))]);
        var runnable = grid.Counts([Series((-45, double.PositiveInfinity), (-30, 12), (0, -1))]);

        grid.Points(active, runnable, grid.Counts([]), grid.Counts([])).Should().Equal(
            new HistoryPoint { At = At(-45), ActiveWorkers = 2 },
            new HistoryPoint { At = At(-30), Runnable = 12 },
            new HistoryPoint { At = At(-15) },
            new HistoryPoint { At = At(0), ActiveWorkers = 0 });
    }

    [Fact]
    public void Counts_OutsideTheGrid_AreLeftOut() =>
        Minute().Counts([Series((-75, 1), (-60, 2), (0, 3), (15, 4), (1e300, 5))]).Should().Equal(2, null, null, null, 3);

    [Fact]
    public void Counts_SeveralSeries_TheHighestCounts() =>
        Minute().Counts([Series((-60, 1), (-45, 5)), Series((-60, 2), (-45, 4))]).Should().Equal(2, 5, null, null, null);

    [Fact]
    public void Counts_NotWhole_AreRounded() =>
        Minute().Counts([Series((-60, 1.9999999), (-45, 2.0000001), (-30, 1e300))]).Should().Equal(2, 2, null, null, null);

    private static HistoryGrid Minute() => new(Now, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(15));

    private static DateTimeOffset At(int seconds) => new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddSeconds(seconds);

    private static PrometheusSeries Series(params (double Seconds, double Value)[] samples) =>
        new(new Dictionary<string, string>(), [.. samples.Select(s => (At(0).ToUnixTimeSeconds() + s.Seconds, s.Value))]);
}
