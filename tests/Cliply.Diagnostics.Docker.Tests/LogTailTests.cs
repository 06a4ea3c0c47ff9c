using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Two outputs in pieces become the newest lines.</summary>
public sealed class LogTailTests
{
    private const string At = "2026-11-24T05:20:00.123456789Z ";
    private static readonly LogPatternMatcher Matcher = new();

    [Fact]
    public void Lines_CutAnywhere_AreTheSame()
    {
        var text = Encoding.UTF8.GetBytes($"{At}Worker started\r\n{At}Unhandled promise rejection: ECONNREFUSED\r\n{At}\r\n{At}Polling for jobs\r\n");
        var whole = Scan(tail => tail.Append(0, text));

        for (var cut = 0; cut <= text.Length; cut++)
        {
            // A piece that starts with a time is a part of a longer line, so that only cuts elsewhere are the same.
            Scan(tail =>
            {
                tail.Append(0, text.AsSpan(0, cut));
                tail.Append(0, text.AsSpan(cut));
            }).Should().BeEquivalentTo(whole);
        }

        whole.Lines.Should().Be(3);
        whole.LastLineAt.Should().Be(DateTimeOffset.Parse("2026-11-24T05:20:00.1234567Z", null));
        whole.Findings!.Select(f => f.Pattern).Should().BeEquivalentTo("unhandled-rejection", "database-unreachable", "polling");
    }

    [Fact]
    public void Lines_OfTwoOutputsInterleaved_StayWhole()
    {
        var log = Scan(tail =>
        {
            tail.Append(0, Bytes($"{At}Unhandled promise "));
            tail.Append(1, Bytes($"{At}JavaScript heap out of memory\n"));
            tail.Append(0, Bytes("rejection\n"));
        });

        log.Lines.Should().Be(2);
        log.Findings!.Select(f => f.Pattern).Should().BeEquivalentTo("unhandled-rejection", "node-heap-out-of-memory");
    }

    [Fact]
    public void Line_InPartsWithATimeEach_IsOne()
    {
        var log = Scan(tail =>
        {
            tail.Append(1, Bytes($"{At}{new string('x', 16 * 1024)} FFmpeg not "));
            tail.Append(1, Bytes($"{At}found\n"));
        });

        log.Should().BeEquivalentTo(new { Lines = 1 });
        log.Findings.Should().ContainSingle(f => f.Pattern == "ffmpeg-not-found");
    }

    [Theory]
    [InlineData("SUPABASE_URL is not configured", "env-not-configured")]
    [InlineData("ffmpeg: command not found", "ffmpeg-not-found")]
    [InlineData("Error: spawn yt-dlp ENOENT", "yt-dlp-not-found")]
    [InlineData("getaddrinfo ENOTFOUND db", "host-not-found")]
    [InlineData("connect ETIMEDOUT", "network-timeout")]
    [InlineData("password authentication failed", "database-authentication")]
    [InlineData("Segmentation fault (core dumped)", "segmentation-fault")]
    [InlineData("Uncaught exception", "uncaught-exception")]
    [InlineData("Out of memory: Killed process 17 (node)", "oom-killed")]
    [InlineData("HTTP 401", "credentials-expired")]
    [InlineData("heartbeat stale", "stuck-job-recovery")]
    [InlineData("{\"level\":30,\"time\":1795497600000,\"msg\":\"Claimed job 17\"}", "job-claimed")]
    [InlineData("Heartbeat sent", "heartbeat-sent")]
    public void Patterns_BehindTheEnginesTime_AreFoundAtThatTime(string line, string pattern)
    {
        var log = Scan(tail => tail.Append(0, Bytes($"{At}{line}\n")));
        var bare = Scan(tail => tail.Append(0, Bytes($"{line}\n")));

        log.Findings!.Select(f => f.Pattern).Should().Contain(pattern).And.Equal(bare.Findings!.Select(f => f.Pattern));
        log.Findings!.Should().OnlyContain(f => f.LastAt == DateTimeOffset.Parse("2026-11-24T05:20:00.1234567Z", null));
        log.DominantPattern.Should().Be(bare.DominantPattern);
    }

    [Fact]
    public void Lines_MoreThanAreKept_AreTheNewest()
    {
        var log = Scan(
            tail =>
            {
                tail.Append(0, Bytes("Segmentation fault\n"));
                for (var i = 0; i < 30; i++)
                {
                    tail.Append(0, Bytes($"Claimed job {i}\n"));
                }
            },
            lines: 30);

        log.Lines.Should().Be(30);
        log.Findings.Should().ContainSingle().Which.Pattern.Should().Be("job-claimed");
    }

    [Fact]
    public void Bytes_MoreThanAreKept_AreTheNewest()
    {
        var log = Scan(
            tail =>
            {
                tail.Append(0, Bytes("Segmentation fault\n"));
                tail.Append(0, Bytes($"{new string('x', 3_000)}\n{new string('x', 3_000)}\nPolling for jobs\n"));
            },
            bytes: 4_096);

        log.Lines.Should().Be(2);
        log.Findings.Should().ContainSingle().Which.Pattern.Should().Be("polling");
    }

    [Fact]
    public void Line_ThatNeverEnds_TakesConstantMemory()
    {
        var tail = new LogTail(500, 1024 * 1024);
        var piece = Encoding.UTF8.GetBytes(new string('x', 32 * 1024));
        tail.Append(0, piece);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 2_000; i++)
        {
            tail.Append(0, piece);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(256 * 1024);
        tail.Scan(new LogScanner(Matcher), "docker:worker-1", Containers.Now).Lines.Should().Be(1);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static LogEvidence Scan(Action<LogTail> write, int lines = 500, int bytes = 1024 * 1024)
    {
        var tail = new LogTail(lines, bytes);
        write(tail);
        return tail.Scan(new LogScanner(Matcher), "docker:worker-1", Containers.Now);
    }
}
