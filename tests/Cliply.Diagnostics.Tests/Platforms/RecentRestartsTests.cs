using Cliply.Diagnostics.Platforms;

namespace Cliply.Diagnostics.Tests.Platforms;

public sealed class RecentRestartsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly RecentRestarts _restarts = new();

    [Theory]
    [InlineData(299, 10, 7)]
    [InlineData(300, 10, 1)]
    [InlineData(3_600, 299, 1)]
    [InlineData(3_600, 300, 0)]
    [InlineData(null, null, 0)]
    public void Observe_FirstReading_KnowsThoseOfAYoungInstanceOrTheLastOne(int? createdSecondsAgo, int? startedSecondsAgo, long expected) =>
        _restarts.Observe("a", 7, Noon - Seconds(createdSecondsAgo), Noon - Seconds(startedSecondsAgo), Noon).Should().Be(expected);

    [Fact]
    public void Observe_NeverRestarted_IsZeroHoweverYoung() => _restarts.Observe("a", 0, Noon, Noon, Noon).Should().Be(0);

    [Fact]
    public void Observe_LaterReadings_CountWhatCameWithinFiveMinutes()
    {
        long At(int seconds, long restarts) => _restarts.Observe("a", restarts, null, null, Noon.AddSeconds(seconds));

        At(0, 10).Should().Be(0);
        At(60, 12).Should().Be(2);
        At(240, 14).Should().Be(4);
        At(300, 14).Should().Be(4);
        At(359, 14).Should().Be(4, "those between 0 and 60 s came less than 5 minutes ago, or may have");
        At(360, 14).Should().Be(2);
        At(540, 14).Should().Be(0);
        At(3_000, 15).Should().Be(1);
    }

    [Fact]
    public void Observe_RecreatedUnderItsName_StartsAnew()
    {
        _restarts.Observe("a", 9, null, null, Noon);
        _restarts.Observe("a", 2, null, null, Noon.AddSeconds(10)).Should().Be(0);
        _restarts.Observe("a", 5, null, null, Noon.AddSeconds(20)).Should().Be(3);
    }

    [Fact]
    public void Keep_GoneInstance_IsForgotten()
    {
        _restarts.Observe("a", 1, null, null, Noon);
        _restarts.Observe("b", 1, null, null, Noon);
        _restarts.Keep(new HashSet<string> { "b" });

        _restarts.Observe("a", 4, null, null, Noon.AddSeconds(1)).Should().Be(0);
        _restarts.Observe("b", 4, null, null, Noon.AddSeconds(1)).Should().Be(3);
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;
}
