using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Tests.Binaries;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Logs;

[Collection(ProgramTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class LogFilesEscalationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CollectAsync_LongFile_IsItsNewestLinesAsTheyAre()
    {
        var path = Write("worker.log", string.Concat(Enumerable.Range(1, 1_000).Select(i => $"line {i} \u001B[31m\0\n")) + "\nend");

        var details = await CollectAsync([path], new EscalationRequest { LogLines = 4 });

        details.Logs.Should().Equal(new WorkerLog("worker.log", "line 999 \u001B[31m\0\nline 1000 \u001B[31m\0\n\nend\n"));
        details.Missing.Should().BeEmpty();
        (details.Files, details.Workers, details.Rollouts).Should().BeEquivalentTo((Array.Empty<DeploymentFile>(), Array.Empty<WorkerVersion>(), Array.Empty<Rollout>()));
    }

    [Theory]
    [InlineData("worker.log", "worker.log.1")]
    [InlineData("worker.log", "worker.log-20261124")]
    [InlineData("worker.out", "worker.out.1")]
    [InlineData("worker.out", "worker.out-20261124")]
    public async Task CollectAsync_FileThatWasRotatedLately_StartsWithTheEndOfTheOneBeforeIt(string name, string rotated)
    {
        Write(rotated, "old 1\nold 2\nold 3\n", hoursAgo: 2);
        Write("worker.log.2", "older\n", hoursAgo: 20);
        Write("worker.out.2.gz", "compressed", hoursAgo: 20);
        Write("worker.output", "another\n", hoursAgo: 1);
        var path = Write(name, "new 1\nnew 2\n");

        var details = await CollectAsync([path], new EscalationRequest { LogLines = 4 });

        details.Logs.Should().Equal(new WorkerLog(name, "old 2\nold 3\nnew 1\nnew 2\n"));
    }

    [Fact]
    public async Task CollectAsync_LongEnoughFile_NeedsNoRotatedOne()
    {
        Write("worker.log.1", "old\n", hoursAgo: 2);

        var details = await CollectAsync([Write("worker.log", "new 1\nnew 2\n")], new EscalationRequest { LogLines = 2 });

        details.Logs.Should().Equal(new WorkerLog("worker.log", "new 1\nnew 2\n"));
    }

    [Fact]
    public async Task CollectAsync_LimitOfBytes_KeepsTheNewestWholeLinesAndSaysSo()
    {
        Write("worker.log.1", "old\n", hoursAgo: 2);

        var details = await CollectAsync([Write("worker.log", "first line\nsecond\nthird\n")], new EscalationRequest { MaxBytesPerLog = 15 });

        details.Logs.Should().Equal(new WorkerLog("worker.log", "second\nthird\n", IsCut: true));
    }

    [Fact]
    public async Task CollectAsync_HugeLine_IsItsEndInBoundedMemory()
    {
        var path = Path.Combine(_folder, "worker.log");
        await using (var file = File.Create(path))
        {
            file.SetLength(100_000_000);
        }

        var before = GC.GetTotalAllocatedBytes();
        var details = await CollectAsync([path], new EscalationRequest { MaxBytesPerLog = 4096 });

        details.Logs.Should().Equal(new WorkerLog("worker.log", new string('\0', 4096) + "\n", IsCut: true));
        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(8_000_000);
    }

    [Fact]
    public async Task CollectAsync_FolderAndWhatCanNotBeRead_HandsOverEachLogAndSaysWhatIsMissing()
    {
        Write("a.log", "a\n");
        Write("b.log", "b\n", hoursAgo: 1);
        Write("b.log.1", "before b\n", hoursAgo: 3);
        Write("a.log-20261124", "before a\n", hoursAgo: 3);

        var details = await CollectAsync([_folder, Path.Combine(_folder, "none.log"), "/dev/zero"]);

        details.Logs.Should().Equal(new WorkerLog("a.log", "before a\na\n"), new WorkerLog("b.log", "before b\nb\n"));
        details.Missing.Should().Equal(
            new MissingDetail("log of none.log", new SectionFailure("not-configured", "'none.log' is not there; correct the path given to AddLogs or Cliply:Diagnostics:LogFiles:Paths")),
            new MissingDetail("log of zero", new SectionFailure("not-supported", "'zero' is no regular file, and reading it might never end; name a log file or a folder of them with AddLogs or Cliply:Diagnostics:LogFiles:Paths")));
    }

    [Fact]
    public async Task CollectAsync_MoreLogsThanAreAskedFor_TakesThoseWrittenLast()
    {
        Write("a.log", "a\n", hoursAgo: 2);
        Write("b.log", "b\n", hoursAgo: 1);
        Write("c.log", "c\n");

        var details = await CollectAsync([_folder], new EscalationRequest { MaxWorkers = 2 });

        details.Logs.Select(l => l.Worker).Should().Equal("c.log", "b.log");
        details.Missing.Should().Equal(new MissingDetail("1 more workers", new SectionFailure("tooMany", "only 2 of 3 workers are looked at; allow more, or narrow the options that say which are workers")));
    }

    [Fact]
    public async Task CollectAsync_NoTimeLeft_IsMissing()
    {
        using var over = new CancellationTokenSource();
        await over.CancelAsync();

        var details = await Source([Write("worker.log", "line\n")]).CollectAsync(new EscalationRequest(), over.Token);

        details.Logs.Should().BeEmpty();
        details.Missing.Should().Equal(new MissingDetail("log of worker.log", new SectionFailure("timeout", "no time was left to read 'worker.log'; raise Cliply:Diagnostics:CollectorDeadline")));
    }

    private string Write(string name, string text, double hoursAgo = 0)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hoursAgo));
        return path;
    }

    private static LogFilesEscalationSource Source(string[] paths) => new(Options.Create(new LogFilesOptions { Paths = paths }), TimeProvider.System);

    private static Task<EscalationDetails> CollectAsync(string[] paths, EscalationRequest? request = null) => Source(paths).CollectAsync(request ?? new EscalationRequest(), TestContext.Current.CancellationToken);
}
