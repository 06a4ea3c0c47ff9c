using Cliply.Diagnostics.Platforms;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.Platforms;

public sealed class UsageRatesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Observe_SecondReading_IsTheGrowthPerSecond()
    {
        var rates = new UsageRates(_time);

        rates.Observe("a", 10).Should().BeNull();
        _time.Advance(TimeSpan.FromSeconds(4));
        rates.Observe("a", 13).Should().Be(0.75);
        _time.Advance(TimeSpan.FromSeconds(1));
        rates.Observe("a", 13).Should().Be(0);
    }

    [Theory]
    [InlineData(301, 20, null)]
    [InlineData(300, 310, 1.0)]
    [InlineData(10, 9, null)]
    [InlineData(0.05, 11, null)]
    public void Observe_TooLateTooSoonOrBegunAnew_IsUnknown(double after, double seconds, double? expected)
    {
        var rates = new UsageRates(_time);
        rates.Observe("a", 10);
        _time.Advance(TimeSpan.FromSeconds(after));

        rates.Observe("a", seconds).Should().Be(expected);
    }

    [Fact]
    public void Knows_Counter_UntilItIsOldOrForgotten()
    {
        var rates = new UsageRates(_time);
        rates.Observe("a", 1);
        rates.Observe("b", 1);
        rates.Keep(new HashSet<string> { "a" });

        (rates.Knows("a"), rates.Knows("b")).Should().Be((true, false));
        _time.Advance(TimeSpan.FromSeconds(301));
        rates.Knows("a").Should().BeFalse();
    }

    [Theory]
    [InlineData("cpu  1 2\ncpu0 1 2\ncpu1 1 2\nintr 5\nbtime 7\n", 2)]
    public void Count_ProcStat_CountsProcessors(string text, int expected) => HostProcessors.Count(text).Should().Be(expected);

    [Fact]
    public void Count_Unreadable_IsWhatThisProcessMayUse() => HostProcessors.Count(null).Should().Be(Environment.ProcessorCount);
}
