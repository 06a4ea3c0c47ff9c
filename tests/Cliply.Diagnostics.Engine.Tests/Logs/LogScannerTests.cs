using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using CsCheck;

namespace Cliply.Diagnostics.Tests.Logs;

public sealed class LogScannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What logs are made of, and what could upset a scanner.</summary>
    private static readonly string[] Pieces =
    [
        "\n", "\n", "\n", "\r\n", " ", "2026-11-24T05:20:00Z ", "2026-11-24T05:21:13.5Z ", "{\"time\":1763960000000,", "Nov 24 05:20:00 ", "Polling for jobs...", "claimed job ", "Job ", "a1b2", " completed",
        "SUPABASE_URL", "SENTRY_DSN", " is not configured", "spawn ffmpeg ENOENT", "ENOENT", "401", "4013", "\u001b[31m", "\0", "é", "überlauf", "ÜBERLAUF", "ünicode", "Segmentation FAULT", "oom-kill", "x", "0", "-", ":",
        "eCoNnReFuSeD", "heartbeat stale", new string('y', 70),
    ];

    [Fact]
    public void Complete_HealthyWorker_ListsWhatItDoes()
    {
        var evidence = Scan("""
            2026-11-24T11:59:00Z [INFO] Polling for jobs...
            2026-11-24T11:59:01Z [INFO] Claimed job abc123 (kind: TRANSCRIBE)
            2026-11-24T11:59:02Z [INFO] Heartbeat sent for job abc123
            2026-11-24T11:59:03Z [INFO] Job abc123 completed
            2026-11-24T11:59:04.250Z [INFO] Polling for jobs...

            """);

        evidence.Should().BeEquivalentTo(
            new LogEvidence
            {
                Source = "test",
                Lines = 5,
                LastLineAt = At("11:59:04.250"),
                DominantLineShare = 0.4,
                DominantPattern = "polling",
                Findings =
                [
                    new LogFinding { Pattern = "job-claimed", Count = 1, FirstAt = At("11:59:01"), LastAt = At("11:59:01"), Sample = "2026-11-24T11:59:01Z [INFO] Claimed job abc123 (kind: TRANSCRIBE)" },
                    new LogFinding { Pattern = "job-completed", Count = 1, FirstAt = At("11:59:03"), LastAt = At("11:59:03"), Sample = "2026-11-24T11:59:03Z [INFO] Job abc123 completed" },
                    new LogFinding { Pattern = "heartbeat-sent", Count = 1, FirstAt = At("11:59:02"), LastAt = At("11:59:02"), Sample = "2026-11-24T11:59:02Z [INFO] Heartbeat sent for job abc123" },
                    new LogFinding { Pattern = "polling", Count = 2, FirstAt = At("11:59:00"), LastAt = At("11:59:04.250"), Sample = "2026-11-24T11:59:04.250Z [INFO] Polling for jobs..." },
                ],
            },
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Complete_Nothing_IsNothing() =>
        Scan("").Should().BeEquivalentTo(new LogEvidence { Source = "test", Lines = 0, Findings = [] });

    [Theory]
    [InlineData("one", 1)]
    [InlineData("one\n", 1)]
    [InlineData("one\ntwo", 2)]
    [InlineData("\n\n", 2)]
    public void Complete_Lines_AreCounted(string log, long expected) => Scan(log).Lines.Should().Be(expected);

    [Theory]
    [InlineData("Error: spawn ffmpeg ENOENT", "ffmpeg-not-found")]
    [InlineData("{\"msg\":\"spawn yt-dlp ENOENT\",\"code\":\"ENOENT\"}", "yt-dlp-not-found")]
    [InlineData("ENOENT: no such file or directory, open 'a.mp4'", "source-file-missing")]
    [InlineData("Unhandled promise rejection: connect ECONNREFUSED", "database-unreachable unhandled-rejection")]
    [InlineData("SENTRY_DSN is not configured", "")]
    [InlineData("SENTRY_DSN is not configured, SUPABASE_URL is not configured", "env-not-configured")]
    [InlineData("took 4012 ms", "")]
    [InlineData("request completed", "")]
    [InlineData("request completed by job 7 completed", "job-completed")]
    [InlineData("401", "credentials-expired")]
    [InlineData("é401é", "credentials-expired")]
    [InlineData("FATAL überlauf", "host-overflow")]
    [InlineData("FATAL ÜBERLAUF", "host-overflow")]
    [InlineData("FATAL BERLAUF", "")]
    [InlineData("tag É", "host-letter")]
    [InlineData("license 7 has EXPIRED", "host-license")]
    public void Complete_Line_ShowsItsPatterns(string line, string expected) =>
        string.Join(' ', Scan(line, matcher: HostMatcher).Findings!.Select(f => f.Pattern)).Should().Be(expected);

    [Fact]
    public void Complete_StackTrace_HasTheTimeOfTheLineBefore()
    {
        var evidence = Scan("2026-11-24T11:00:00Z start\n    at open (ENOENT)\n2026-11-24T11:30:00Z going on\n    at open (ENOENT)\n    end\n");

        evidence.Findings.Should().ContainSingle().Which.Should().Be(
            new LogFinding { Pattern = "source-file-missing", Count = 2, FirstAt = At("11:00:00"), LastAt = At("11:30:00"), Sample = "at open (ENOENT)" });
        evidence.LastLineAt.Should().Be(At("11:30:00"));
    }

    [Fact]
    public void Complete_Secret_IsMaskedWhereverTheBytesAreCut()
    {
        var line = Encoding.UTF8.GetBytes("ECONNREFUSED postgres://worker:canary-made-up@db/cliply\n");
        for (var cut = 0; cut <= line.Length; cut++)
        {
            var scanner = new LogScanner(new LogPatternMatcher());
            scanner.Append(line.AsSpan(0, cut));
            scanner.Append(line.AsSpan(cut));
            scanner.Complete("test", Now).Findings![0].Sample.Should().MatchRegex("^ECONNREFUSED postgres://‹secret:[0-9a-f]{4}›@db/cliply$");
        }
    }

    [Fact]
    public void Complete_SameLineWithOtherNumbers_Dominates()
    {
        var log = string.Concat(Enumerable.Range(0, 40).Select(i => $"2026-11-24T11:{i:00}:00Z retrying job 7d9f-{i} in {i * 100}ms at 10.0.0.{i}:5432\n"))
            + string.Concat(Enumerable.Range(0, 10).Select(i => $"line {(char)('a' + i)}\n"));

        var evidence = Scan(log);

        evidence.DominantLineShare.Should().Be(0.8);
        evidence.DominantPattern.Should().BeNull();
    }

    [Fact]
    public void Complete_BlankLines_DoNotDominate() => Scan("a\n\n \n\t\r\n\nb\n").DominantLineShare.Should().Be(0.5);

    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    public void Complete_ManyOtherLines_StillFindsTheOneThatDominates(int othersFirst)
    {
        // Letters only, for what holds a digit is masked.
        static string Other(int i) => new([.. i.ToString("D6", System.Globalization.CultureInfo.InvariantCulture).Select(c => (char)(c - '0' + 'a'))]);
        var lines = Enumerable.Range(0, othersFirst).Select(Other).Concat(Enumerable.Range(0, 20_000).SelectMany(i => new[] { "stuck in a loop", Other(10_000 + i) }));

        var share = Scan(string.Join('\n', lines)).DominantLineShare!.Value;

        var actual = 20_000.0 / (40_000 + othersFirst);
        share.Should().BeInRange(actual - (2.0 / 1_024), actual);
    }

    [Fact]
    public void Append_EndlessLine_IsReadToItsLimitInConstantMemory()
    {
        var scanner = new LogScanner(new LogPatternMatcher());
        scanner.Append("2026-11-24T11:00:00Z ECONNREFUSED "u8);
        var piece = new byte[1_000_000];
        Array.Fill(piece, (byte)'x');
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            scanner.Append(piece);
        }

        scanner.Append(" segmentation fault\nSIGSEGV"u8);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100_000);

        var evidence = scanner.Complete("test", Now);
        evidence.Lines.Should().Be(2);
        evidence.Findings!.Select(f => (f.Pattern, f.Count)).Should().Equal(("database-unreachable", 1L), ("segmentation-fault", 1L));
        evidence.Findings![0].Sample.Should().HaveLength(300).And.StartWith("2026-11-24T11:00:00Z ECONNREFUSED xxx");
    }

    [Fact]
    public void Append_LinesAtTheLimit_AreWhole()
    {
        foreach (var length in new[] { LogScanner.MaxLineLength - 1, LogScanner.MaxLineLength, LogScanner.MaxLineLength + 1 })
        {
            var log = new string('x', length - 7) + "SIGSEGV\nnext\n";
            Scan(log).Findings!.Count.Should().Be(length <= LogScanner.MaxLineLength ? 1 : 0, $"of a line of {length} bytes");
            Scan(log).Lines.Should().Be(2);
        }
    }

    [Fact]
    public void Counts_SameLog_CountsTheSame()
    {
        var log = string.Join('\n', Enumerable.Range(0, 3_000).Select(i => Pieces[i % Pieces.Length] + Pieces[i * 7 % Pieces.Length]));

        var counts = Scan(log, LogScanDetail.Counts);

        counts.Findings!.Select(f => (f.Pattern, f.Count)).Should().Equal(Scan(log).Findings!.Select(f => (f.Pattern, f.Count))).And.NotBeEmpty();
        counts.Should().BeEquivalentTo(new { DominantLineShare = (double?)null, LastLineAt = (DateTimeOffset?)null });
    }

    [Fact]
    public void Append_CutAnywhere_NeverChangesTheResult() =>
        Logs.Select(Gen.Int[1, 5_000].Array[1, 6]).Sample(
            (log, lengths) =>
            {
                var whole = Scan(log);
                var scanner = new LogScanner(HostMatcher);
                for (int at = 0, i = 0; at < log.Length; i++)
                {
                    var length = Math.Min(lengths[i % lengths.Length], log.Length - at);
                    scanner.Append(log.AsSpan(at, length));
                    at += length;
                }

                scanner.Complete("test", Now).Should().BeEquivalentTo(whole, o => o.WithStrictOrdering());
            },
            iter: 300);

    [Fact]
    public void Append_CutAtEveryPosition_NeverChangesTheResult() =>
        Logs.Where(log => log.Length is > 0 and < 2_000).Sample(
            log =>
            {
                var expected = Text(Scan(log));
                for (var cut = 0; cut <= log.Length; cut++)
                {
                    var scanner = new LogScanner(HostMatcher);
                    scanner.Append(log.AsSpan(0, cut));
                    scanner.Append(log.AsSpan(cut));
                    Text(scanner.Complete("test", Now)).Should().Be(expected, $"cut at {cut}");
                }
            },
            iter: 20);

    [Fact]
    public void Complete_AnyLog_CountsWhatALineByLineLookCounts() =>
        Logs.Sample(
            log =>
            {
                var expected = new SortedDictionary<string, long>(StringComparer.Ordinal);
                var lines = Encoding.Latin1.GetString(log).Split('\n');
                foreach (var line in lines)
                {
                    var shown = new bool[HostMatcher.Patterns.Count];
                    HostMatcher.Find(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line[..Math.Min(line.Length, LogScanner.MaxLineLength)])), 0, shown);
                    for (var i = 0; i < shown.Length; i++)
                    {
                        if (shown[i])
                        {
                            expected[HostMatcher.Patterns[i].Code] = expected.GetValueOrDefault(HostMatcher.Patterns[i].Code) + 1;
                        }
                    }
                }

                var evidence = Scan(log);
                evidence.Findings!.OrderBy(f => f.Pattern, StringComparer.Ordinal).Select(f => (f.Pattern, f.Count!.Value)).Should().Equal(expected.Select(e => (e.Key, e.Value)));
                evidence.Lines.Should().Be(log.Length == 0 ? 0 : lines.Length - (log[^1] == '\n' ? 1 : 0));
            },
            iter: 500);

    private static Gen<byte[]> Logs { get; } = Gen.OneOf(
        Gen.OneOfConst(Pieces).Array[0, 400].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces))),
        Gen.Select(Gen.OneOfConst(Pieces).Array[0, 200], Gen.Byte.Array[0, 20]).Select((pieces, noise) => pieces.SelectMany((p, i) => noise.Length > 0 && i % 5 == 0 ? [.. Encoding.UTF8.GetBytes(p), noise[i % noise.Length]] : Encoding.UTF8.GetBytes(p)).ToArray()),
        Gen.Byte.Array[0, 3_000],
        Gen.Select(Gen.Int[32_000, 70_000], Gen.OneOfConst(Pieces).Array[0, 60]).Select((length, pieces) => Encoding.UTF8.GetBytes(new string('z', length) + string.Concat(pieces))));

    private static LogPatternMatcher HostMatcher { get; } = new(
        [new HostPattern("host-overflow", ["überlauf"], (_, _, _) => true), new HostPattern("host-letter", ["é"], (text, start, _) => start > 3 && text[start - 1] == ' '), new HostPattern("host-license", ["license"], (text, _, _) => text.EndsWith("expired", StringComparison.OrdinalIgnoreCase))]);

    private static LogEvidence Scan(string log, LogScanDetail detail = LogScanDetail.Full, LogPatternMatcher? matcher = null)
    {
        var scanner = new LogScanner(matcher ?? new LogPatternMatcher(), detail);
        scanner.Append(Encoding.UTF8.GetBytes(log));
        return scanner.Complete("test", Now);
    }

    private static LogEvidence Scan(byte[] log)
    {
        var scanner = new LogScanner(HostMatcher);
        scanner.Append(log);
        return scanner.Complete("test", Now);
    }

    private static string Text(LogEvidence e) =>
        $"{e.Lines} {e.LastLineAt:O} {e.DominantLineShare} {e.DominantPattern} {string.Join('|', e.Findings!)}";

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-24T{time}Z", System.Globalization.CultureInfo.InvariantCulture);

    private sealed class HostPattern(string code, string[] phrases, HostPattern.Confirmation confirms) : ILogPattern
    {
        public delegate bool Confirmation(ReadOnlySpan<char> text, int start, int length);

        public string Code => code;

        public IReadOnlyList<string> Phrases => phrases;

        public bool Confirms(ReadOnlySpan<char> text, int start, int length) => confirms(text, start, length);
    }
}
