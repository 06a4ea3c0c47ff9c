using System.Diagnostics;
using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Tests.Binaries;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Logs;

[Collection(ProgramTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LogFileCollectorTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-logs-").FullName;
    private readonly FakeLogger<LogFileCollector> _logger = new();
    private readonly LogTailOptions _tail = new();
    private ILogPattern[] _patterns = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CollectAsync_File_ReadsItsNewestLinesAndPublishesNoPath()
    {
        var path = Write("worker.log", string.Concat(Enumerable.Range(1, 10_000).Select(i => $"{Noon.AddSeconds(i):yyyy-MM-ddTHH:mm:ssZ} claimed job {i}\n")));

        var log = (await CollectAsync(path)).Value.Should().ContainSingle().Subject;

        log.Should().BeEquivalentTo(new { Source = "file:worker.log", Lines = 500, LastLineAt = Noon.AddSeconds(10_000), DominantPattern = "job-claimed", DominantLineShare = 1.0 });
        log.Findings.Should().ContainSingle().Which.Should().Match<LogFinding>(f => f.Pattern == "job-claimed" && f.Count == 500 && f.FirstAt == Noon.AddSeconds(9_501));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 1)]
    [InlineData("one", 1)]
    [InlineData("one\n", 1)]
    [InlineData("one\ntwo", 2)]
    [InlineData("one\ntwo\n", 2)]
    public async Task CollectAsync_ShortFile_IsReadWhole(string text, long lines) =>
        (await CollectAsync(Write("worker.log", text))).Value.Should().ContainSingle().Which.Lines.Should().Be(lines);

    [Fact]
    public async Task CollectAsync_EveryLengthAroundABlock_ReadsExactlyTheLinesThatWereAskedFor()
    {
        _tail.Lines = 20;
        for (var length = (64 * 1024) - 3; length < (64 * 1024) + 3; length++)
        {
            var text = string.Concat(Enumerable.Range(0, 19).Select(i => $"l{i}\n"));
            var path = Write("worker.log", "first\n" + new string('x', length) + "\n" + text);

            (await CollectAsync(path)).Value![0].Lines.Should().Be(20, $"the long line has {length} bytes");
            new FileInfo(path).Length.Should().Be(6 + length + 1 + text.Length);
        }
    }

    [Fact]
    public async Task CollectAsync_LimitOfBytes_LeavesOutTheLineThatItFallsInto()
    {
        _tail.Bytes = 4096;
        var path = Write("worker.log", string.Concat(Enumerable.Range(0, 200).Select(i => $"{i:D3} {new string('x', 95)}\n")));

        (await CollectAsync(path)).Value![0].Lines.Should().Be(40, "4096 bytes hold 40 whole lines of 100 bytes, and a part");
    }

    [Fact]
    public async Task CollectAsync_HugeLine_IsReadInBoundedMemory()
    {
        var path = Path.Combine(_folder, "worker.log");
        await using (var file = File.Create(path))
        {
            file.SetLength(100_000_000);
        }

        await File.AppendAllTextAsync(path, "\n2026-11-24T12:00:00Z JavaScript heap out of memory\n", Cancellation);
        var before = GC.GetTotalAllocatedBytes();

        var log = (await CollectAsync(path)).Value!.Single();

        log.LastLineAt.Should().Be(Noon);
        log.Findings.Should().ContainSingle().Which.Pattern.Should().Be("node-heap-out-of-memory");
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(8_000_000);
    }

    [Fact]
    public async Task CollectAsync_Link_IsFollowedToARegularFile()
    {
        var link = Path.Combine(_folder, "current.log");
        File.CreateSymbolicLink(link, Write("worker-7.txt", "claimed job 1\n"));

        var log = (await CollectAsync(link)).Value!.Single();

        (log.Source, log.Lines).Should().Be(("file:current.log", 1));
    }

    [Fact]
    public async Task CollectAsync_NoSuchPath_IsNotConfiguredAndNamesTheOption() =>
        (await CollectAsync($"{_folder}/none/worker.log")).Unavailable.Should().Be(new SectionFailure("not-configured", "'worker.log' is not there; correct the path given to AddLogs or Cliply:Diagnostics:LogFiles:Paths"));

    [Theory]
    [InlineData("/dev/zero", "zero")]
    [InlineData("/dev/full", "full")]
    public async Task CollectAsync_Device_IsRefused(string path, string name) =>
        (await CollectAsync(path)).Unavailable.Should().Be(NoRegularFile(name));

    [Fact]
    public async Task CollectAsync_NamedPipeAlsoBehindALink_IsRefusedAndNeverOpened()
    {
        var pipe = Path.Combine(_folder, "pipe.log");
        using (var mkfifo = Process.Start("mkfifo", [pipe]))
        {
            await mkfifo.WaitForExitAsync(Cancellation);
        }

        var link = Path.Combine(_folder, "link.log");
        File.CreateSymbolicLink(link, pipe);

        (await Task.Run(() => CollectAsync(pipe), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation)).Unavailable.Should().Be(NoRegularFile("pipe.log"));
        (await Task.Run(() => CollectAsync(link), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation)).Unavailable.Should().Be(NoRegularFile("link.log"));
        (await Task.Run(() => CollectAsync(_folder), Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation)).Unavailable!.Message.Should().Be($"'{Path.GetFileName(_folder)}' holds no *.log; name the log itself with AddLogs or Cliply:Diagnostics:LogFiles:Paths", "in a folder they are passed over");
    }

    [Fact]
    public async Task CollectAsync_OneLogCanNotBeRead_IsNamedBesideTheOther()
    {
        var logs = (await CollectAsync(Write("a.log", "claimed job 1\n"), $"{_folder}/none.log")).Value!;

        logs.Select(l => l.Source).Should().Equal("file:a.log", "file:none.log (not read: 'none.log' is not there; correct the path given to AddLogs or Cliply:Diagnostics:LogFiles:Paths)");
        logs[1].Should().Be(new LogEvidence { Source = logs[1].Source }, "nothing of it is known");
    }

    [Fact]
    public async Task CollectAsync_MayNotBeRead_IsPermissionDenied()
    {
        // A regular file that not even root may read.
        (await CollectAsync("/proc/sys/vm/drop_caches")).Unavailable.Should().Be(new SectionFailure("permissionDenied", "'drop_caches' may not be read by this user; give it read permission"));
    }

    [Fact]
    public async Task CollectAsync_Folder_ReadsEachLogOnceNewestFirst()
    {
        Write("b.log", "b\n", hoursAgo: 2);
        Write("a.log", "new\n", hoursAgo: 0);
        Write("a.log.1", "1\n2\n3\n", hoursAgo: 1);
        Write("a.log.2", "4\n", hoursAgo: 3);
        Write("notes.txt", "no log\n");
        Write("gone.log", "nobody writes it any more\n", hoursAgo: 30);

        var logs = (await CollectAsync(_folder)).Value!;

        logs.Select(l => (l.Source, l.Lines)).Should().Equal(("file:a.log", 5L), ("file:b.log", 1L));
    }

    [Fact]
    public async Task CollectAsync_JustRotated_ReadsOnInTheOlderFileInOrder()
    {
        _tail.Lines = 20;
        Write("worker.log", "2026-11-24T12:00:00Z claimed job 2\n", hoursAgo: 0);
        Write("worker.log.1", string.Concat(Enumerable.Range(0, 100).Select(i => $"2026-11-24T11:{i / 60:D2}:{i % 60:D2}Z polling for jobs\n")), hoursAgo: 1);

        var log = (await CollectAsync(_folder)).Value!.Single();

        (log.Lines, log.LastLineAt, log.DominantLineShare).Should().Be((20, Noon, 0.95));
    }

    [Fact]
    public async Task CollectAsync_MoreLogsThanWanted_TakesTheNewest()
    {
        _tail.Workers = 2;
        for (var i = 0; i < 5; i++)
        {
            Write($"w{i}.log", "x\n", hoursAgo: i);
        }

        (await CollectAsync(_folder)).Value!.Select(l => l.Source).Should().Equal("file:w0.log", "file:w1.log");
    }

    [Fact]
    public async Task CollectAsync_OnlyOldLogs_ReadsTheNewest()
    {
        Write("w0.log", "x\n", hoursAgo: 100);
        Write("w1.log", "x\n", hoursAgo: 90);

        (await CollectAsync(_folder)).Value!.Select(l => l.Source).Should().Equal("file:w1.log");
    }

    [Fact]
    public async Task CollectAsync_CompressedBesideOthers_AreSkippedAndSaidOnce()
    {
        Write("worker.log", "x\n");
        Write("worker.log.2.gz", "x\n");
        Write("worker.log.3.gz", "x\n");
        var collector = Collector(_folder);

        await collector.CollectAsync(Cancellation);
        await collector.CollectAsync(Cancellation);

        var record = _logger.Collector.GetSnapshot().Should().ContainSingle().Subject;
        (record.Level, record.Message).Should().Be((LogLevel.Information, $"2 compressed log files in the folder {Path.GetFileName(_folder)} are not read"));
    }

    [Fact]
    public async Task CollectAsync_OnlyCompressedOrNoLogs_IsNotConfigured()
    {
        var name = Path.GetFileName(_folder);
        (await CollectAsync(_folder)).Unavailable.Should().Be(new SectionFailure("not-configured", $"'{name}' holds no *.log; name the log itself with AddLogs or Cliply:Diagnostics:LogFiles:Paths"));
        Write("worker.log.2.gz", "x\n");
        (await CollectAsync(_folder)).Unavailable.Should().Be(new SectionFailure("not-configured", $"'{name}' holds only compressed logs, which are not read; name the folder of the current ones with AddLogs or Cliply:Diagnostics:LogFiles:Paths"));
    }

    [Theory]
    [InlineData("worker.log", "worker.log")]
    [InlineData("worker.log.1", "worker.log")]
    [InlineData("worker.log.2026-11-24", "worker.log")]
    [InlineData("worker-20261124.log", "worker.log")]
    [InlineData("worker.2026-11-24.log", "worker.log")]
    [InlineData("worker20261124_001.log", "worker.log")]
    [InlineData("worker-2026-11-24T12.log", "worker.log")]
    [InlineData("worker-1.log", "worker-1.log")]
    [InlineData("worker-12345678.log", "worker-12345678.log")]
    public void NameOf_RotatedFile_IsThatOfItsLog(string file, string expected) => LogFolder.NameOf(file).Should().Be(expected);

    [Theory]
    [InlineData("truncate", " (partial: truncated while it was read)")]
    [InlineData("delete", " (partial: deleted while it was read)")]
    [InlineData("rotate", " (partial: rotated while it was read)")]
    public async Task CollectAsync_ChangedWhileRead_GivesWhatWasReadAndSaysSo(string change, string expected)
    {
        (_tail.Lines, _tail.Bytes) = (100_000, 64 * 1024 * 1024);
        var path = Write("worker.log", "2026-11-24T12:00:00Z trip-wire\n" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"2026-11-24T12:00:00Z line {i}\n")));
        _patterns = [new TripWire(() =>
        {
            switch (change)
            {
                case "truncate":
                    using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                    {
                        file.SetLength(0);
                    }

                    break;
                case "delete":
                    File.Delete(path);
                    break;
                default:
                    File.Move(path, path + ".1");
                    File.WriteAllText(path, "new\n");
                    break;
            }
        })];

        var log = (await CollectAsync(path)).Value!.Single();

        log.Source.Should().Be("file:worker.log" + expected);
        log.Lines.Should().BePositive();
        log.Findings!.Should().Contain(f => f.Pattern == "trip-wire");
    }

    [Fact]
    public async Task CollectAsync_LockedByItsWriter_IsReadAllTheSame()
    {
        var path = Write("worker.log", "claimed job 1\n");
        await using var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        (await CollectAsync(path)).Value!.Single().Lines.Should().Be(1);
    }

    [Fact]
    public async Task CollectAsync_AppendedWhileRead_IsWhole()
    {
        var path = Write("worker.log", "trip-wire\nlast\n");
        _patterns = [new TripWire(() => File.AppendAllText(path, "more\n"))];

        var log = (await CollectAsync(path)).Value!.Single();

        (log.Source, log.Lines).Should().Be(("file:worker.log", 2));
    }

    [Fact]
    public async Task CollectAsync_ReadingTakesTooLong_GivesWhatWasReadWithinTheDeadline()
    {
        (_tail.Lines, _tail.Bytes) = (100_000, 64 * 1024 * 1024);
        var path = Write("worker.log", string.Concat(Enumerable.Range(0, 50_000).Select(_ => "trip-wire trip-wire\n")));
        _patterns = [new TripWire(() => Thread.Sleep(500), always: true)];
        var second = Write("other.log", "x\n");
        var watch = Stopwatch.StartNew();

        var logs = (await Collector([path, second], deadline: 1).CollectAsync(Cancellation)).Logs.Value!;

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
        logs.Select(l => l.Source).Should().Equal(
            "file:worker.log (partial: not all of it was read in time)",
            "file:other.log (not read: no time was left to read 'other.log'; raise Cliply:Diagnostics:CollectorDeadline)");
    }

    [Fact]
    public async Task CollectAsync_CallerCancels_Throws()
    {
        var path = Write("worker.log", "x\n");

        await FluentActions.Awaiting(() => Collector(path).CollectAsync(new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();
    }

    private static SectionFailure NoRegularFile(string name) =>
        new("not-supported", $"'{name}' is no regular file, and reading it might never end; name a log file or a folder of them with AddLogs or Cliply:Diagnostics:LogFiles:Paths");

    private sealed class TripWire(Action act, bool always = false) : ILogPattern
    {
        private int _calls;

        public string Code => "trip-wire";

        public IReadOnlyList<string> Phrases => ["trip-wire"];

        public bool Confirms(ReadOnlySpan<char> text, int start, int length)
        {
            if (Interlocked.Increment(ref _calls) == 1 || (always && _calls % 10_000 == 0))
            {
                act();
            }

            return true;
        }
    }

    private async Task<Section<IReadOnlyList<LogEvidence>>> CollectAsync(params string[] paths) => (await Collector(paths).CollectAsync(Cancellation)).Logs;

    private LogFileCollector Collector(string path) => Collector([path]);

    private LogFileCollector Collector(string[] paths, double deadline = 30) => new(
        Options.Create(new LogFilesOptions { Paths = paths }),
        Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromSeconds(deadline), Logs = _tail }),
        new LogPatternMatcher(_patterns),
        TimeProvider.System,
        _logger);

    private string Write(string name, string text, double hoursAgo = 0)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hoursAgo));
        return path;
    }
}
