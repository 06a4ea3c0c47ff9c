using System.Globalization;
using System.Text;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Tests.Logs;

public sealed class LogLineTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-24T05:20:00Z message", "2026-11-24T05:20:00.0000000")]
    [InlineData("2026-11-24T05:20:00.123456789Z stdout F message", "2026-11-24T05:20:00.1234567")]
    [InlineData("2026-11-24T05:20:00+02:00 message", "2026-11-24T03:20:00.0000000")]
    [InlineData("2026-11-24T05:20:00-0130 host unit[7]: message", "2026-11-24T06:50:00.0000000")]
    [InlineData("2026-11-24 05:20:00,123 INFO message", "2026-11-24T05:20:00.1230000")]
    [InlineData("[2026-11-24T05:20:00.5Z] message", "2026-11-24T05:20:00.5000000")]
    [InlineData("\u001b[32mINFO\u001b[0m 2026-11-24 05:20:00 message", "2026-11-24T05:20:00.0000000")]
    [InlineData("worker-1  | 2026-11-24T05:20:00Z message", "2026-11-24T05:20:00.0000000")]
    [InlineData("{\"level\":30,\"time\":1795497600000,\"pid\":7,\"msg\":\"Polling\"}", "2026-11-24T05:20:00.0000000")]
    [InlineData("{\"level\":\"info\",\"ts\":1795497600.25,\"msg\":\"x\"}", "2026-11-24T05:20:00.2500000")]
    [InlineData("{\"timestamp\": \"2026-11-24T05:20:00Z\"}", "2026-11-24T05:20:00.0000000")]
    [InlineData("{\"@timestamp\":\"2026-11-24T05:20:00.001Z\"}", "2026-11-24T05:20:00.0010000")]
    [InlineData("{\"@t\":\"2026-11-24T05:20:00Z\"}", "2026-11-24T05:20:00.0000000")]
    [InlineData("{\"__REALTIME_TIMESTAMP\":\"1795497600000001\"}", "2026-11-24T05:20:00.0000010")]
    [InlineData("{\"time\":1795497600000000000}", "2026-11-24T05:20:00.0000000")]
    [InlineData("2026-11-24T05:20:00Z {\"time\":1}", "2026-11-24T05:20:00.0000000")]
    [InlineData("worker-1 | {\"time\":1795497600000}", "2026-11-24T05:20:00.0000000")]
    [InlineData("Nov 24 05:20:00 host cliply[7]: message", "2026-11-24T05:20:00.0000000")]
    [InlineData("Nov  4 05:20:00 host cliply[7]: message", "2026-11-04T05:20:00.0000000")]
    [InlineData("Nov 25 05:20:00 ahead by less than a day", "2026-11-25T05:20:00.0000000")]
    [InlineData("Dec 31 23:59:59 last year", "2025-12-31T23:59:59.0000000")]
    [InlineData("Feb 29 00:00:00 last leap year", "2024-02-29T00:00:00.0000000")]
    [InlineData("2026-02-30T05:20:00Z no such day", null)]
    [InlineData("2026-13-01T05:20:00Z no such month", null)]
    [InlineData("2026-11-24T25:20:00Z no such hour", null)]
    [InlineData("Foo 24 05:20:00 no such month", null)]
    [InlineData("Nov 31 05:20:00 no such day", null)]
    [InlineData("{\"time\":\"soon\"}", null)]
    [InlineData("{\"time\":-5}", null)]
    [InlineData("{\"time\":1e400}", null)]
    [InlineData("    at main (file.js:12:13)", null)]
    [InlineData("2026-11-24", null)]
    [InlineData("", null)]
    public void Read_Line_GivesItsTime(string line, string? expected)
    {
        var time = LogLineTime.Read(Encoding.UTF8.GetBytes(line))?.In(Now)?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);

        time.Should().Be(expected);
    }
}
