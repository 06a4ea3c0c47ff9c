using System.Diagnostics;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.Binaries;

/// <summary>Real programs: the installed ones, and small ones that misbehave in each way there is.</summary>
[Collection(ProgramTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BinaryCollectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-binaries-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CollectAsync_InstalledPrograms_AreAvailableWithTheirVersions()
    {
        var binaries = await CollectAsync("/usr/local/bin:/usr/bin:/bin", deadline: 30);

        binaries.Select(b => (b.Name, b.Status, b.Path)).Should().Equal(("ffmpeg", BinaryStatus.Available, "/usr/bin/ffmpeg"), ("yt-dlp", BinaryStatus.Available, "/usr/bin/yt-dlp"));
        binaries[0].Version.Should().MatchRegex(@"^\d+(\.\d+)+$");
        binaries[1].Version.Should().MatchRegex(@"^\d{4}\.\d{2}\.\d{2}");
    }

    [Fact]
    public async Task CollectAsync_NowhereOnPath_IsNotFound()
    {
        var ffmpeg = await CollectFfmpegAsync();

        ffmpeg.Should().Be(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound });
    }

    [Fact]
    public async Task CollectAsync_OutsidePath_IsNotFoundAndSaysWhere()
    {
        var outside = Script("elsewhere/ffmpeg", "echo ffmpeg version 7.1");

        var ffmpeg = await CollectFfmpegAsync(usualFolders: [Path.GetDirectoryName(outside)!]);

        ffmpeg.Should().Be(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound, FoundOutsidePath = outside });
    }

    [Fact]
    public async Task CollectAsync_WithoutExecutePermission_IsNotExecutable()
    {
        var path = Script("bin/ffmpeg", "echo ffmpeg version 7.1");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);

        (await CollectFfmpegAsync()).Should().Be(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotExecutable, Path = path });
    }

    [Fact]
    public async Task CollectAsync_Folder_IsNotExecutable()
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder, "bin", "ffmpeg")).FullName;

        (await CollectFfmpegAsync()).Should().Be(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotExecutable, Path = path });
    }

    [Fact]
    public async Task CollectAsync_WrongFormat_IsNotExecutable()
    {
        var path = Script("bin/ffmpeg", "");
        await File.WriteAllBytesAsync(path, [0x7f, (byte)'E', (byte)'L', (byte)'F', 1, 2, 3, 4], Cancellation);

        (await CollectFfmpegAsync()).Status.Should().Be(BinaryStatus.NotExecutable);
    }

    [Fact]
    public async Task CollectAsync_NotExecutableFirstAndGoodOneLater_TakesTheLater()
    {
        File.SetUnixFileMode(Script("first/ffmpeg", ""), UnixFileMode.UserRead);
        var second = Script("second/ffmpeg", "echo ffmpeg version 7.1");

        var ffmpeg = (await CollectAsync($"{_folder}/first:{_folder}/second"))[0];

        (ffmpeg.Status, ffmpeg.Path, ffmpeg.Version).Should().Be((BinaryStatus.Available, second, "7.1"));
    }

    [Theory]
    [InlineData("exit 1")]
    [InlineData("echo ffmpeg version 7.1; exit 3")]
    [InlineData("echo ffmpeg: error while loading shared libraries: libx264.so.164 >&2; exit 127")]
    [InlineData("kill -SEGV $$")]
    [InlineData("true")]
    [InlineData("echo something else entirely, without that word")]
    public async Task CollectAsync_RunsAndFails_IsFailed(string script)
    {
        Script("bin/ffmpeg", script);

        (await CollectFfmpegAsync(deadline: 20)).Status.Should().Be(BinaryStatus.Failed);
    }

    [Theory]
    [InlineData("echo ffmpeg version 7.1; yes")]
    [InlineData("echo ffmpeg version 7.1; yes >&2")]
    [InlineData("head -c 300000000 /dev/zero; echo; exit 0")]
    public async Task CollectAsync_PrintsWithoutEnd_IsFailedInBoundedMemory(string script)
    {
        Script("bin/ffmpeg", script);
        var before = GC.GetTotalAllocatedBytes();

        (await CollectFfmpegAsync(deadline: 20)).Status.Should().Be(BinaryStatus.Failed);

        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(32_000_000);
        await ExpectNoProcessAsync($"{_folder}/bin/ffmpeg");
    }

    [Theory]
    [InlineData("echo ffmpeg version 7.1; head -c 1000000 /dev/zero")]
    [InlineData("echo ffmpeg version 7.1; head -c 1000000 /dev/zero >&2")]
    public async Task CollectAsync_PrintsMuchAfterTheVersion_IsAvailable(string script)
    {
        Script("bin/ffmpeg", script);

        var ffmpeg = await CollectFfmpegAsync();

        (ffmpeg.Status, ffmpeg.Version).Should().Be((BinaryStatus.Available, "7.1"));
    }

    [Fact]
    public async Task CollectAsync_NamedPipe_IsNotExecutableAndNeverOpened()
    {
        var path = Path.Combine(_folder, "bin", "ffmpeg");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var process = Process.Start("mkfifo", ["-m", "755", path]))
        {
            await process.WaitForExitAsync(Cancellation);
        }

        var ffmpeg = await Task.Run(() => CollectFfmpegAsync(), Cancellation).WaitAsync(TimeSpan.FromSeconds(5), Cancellation);

        ffmpeg.Should().Be(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotExecutable, Path = path });
    }

    [Fact]
    public async Task CollectAsync_NotReadable_IsRunOnce()
    {
        var path = Script("bin/ffmpeg", "");
        File.Copy("/usr/bin/echo", path, overwrite: true);
        File.SetUnixFileMode(path, UnixFileMode.UserExecute);
        var collector = Collector($"{_folder}/bin", [], 10);

        var first = (await collector.CollectAsync(Cancellation)).Binaries.Value!;

        first[0].Status.Should().Be(BinaryStatus.Failed, "echo prints no version");
        ProgramFile.At(path).Should().NotBeNull().And.Be(ProgramFile.At(path));
    }

    [Fact]
    public async Task CollectAsync_StillBeingWritten_IsRunOnceItIsComplete()
    {
        var path = Script("bin/ffmpeg", "echo ffmpeg version 7.1");
        Task<BinaryEvidence> collecting;
        await using (new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            collecting = CollectFfmpegAsync();
            await Task.Delay(300, Cancellation);
            collecting.IsCompleted.Should().BeFalse("the kernel runs no file that is open for writing");
        }

        (await collecting).Version.Should().Be("7.1");
    }

    [Fact]
    public async Task CollectAsync_CallerCancels_ThrowsAndLeavesNothing()
    {
        Script("bin/ffmpeg", $"trap '' INT TERM; touch {_folder}/running; while :; do sleep 0.05; done");
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var collecting = Collector($"{_folder}/bin:/usr/bin:/bin", [], 30).CollectAsync(caller.Token);
        while (!File.Exists($"{_folder}/running"))
        {
            await Task.Delay(20, Cancellation);
        }

        await caller.CancelAsync();

        await collecting.Invoking(c => c).Should().ThrowAsync<OperationCanceledException>();
        await ExpectNoProcessAsync($"{_folder}/bin/ffmpeg");
    }

    [Fact]
    public async Task CollectAsync_LinkLeadsElsewhere_IsSeenAtTheNextCheck()
    {
        var link = Path.Combine(_folder, "bin", "ffmpeg");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, Script("old", "echo ffmpeg version 7.1"));
        var collector = Collector($"{_folder}/bin", [], 10);
        var before = (await collector.CollectAsync(Cancellation)).Binaries.Value![0];

        File.Delete(link);
        File.CreateSymbolicLink(link, Script("new", "echo ffmpeg version 7.2"));
        var after = (await collector.CollectAsync(Cancellation)).Binaries.Value![0];

        (before.Version, after.Version, after.Path).Should().Be(("7.1", "7.2", link));
    }

    [Fact]
    public async Task CollectAsync_InterpreterMissing_IsFailed()
    {
        var path = Script("bin/ffmpeg", "");
        await File.WriteAllTextAsync(path, "#!/no/such/interpreter\n", Cancellation);

        (await CollectFfmpegAsync()).Status.Should().Be(BinaryStatus.Failed);
    }

    [Fact]
    public async Task CollectAsync_HangsAndIgnoresTheRequestToEnd_IsTimedOutAndDead()
    {
        var marker = $"cliply-{Guid.NewGuid():N}";
        Script("bin/ffmpeg", $"trap '' INT TERM; while :; do sleep 0.05; done # {marker}");
        var watch = Stopwatch.StartNew();

        var ffmpeg = await CollectFfmpegAsync(deadline: 1);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(1.25));
        ffmpeg.Status.Should().Be(BinaryStatus.TimedOut);
        await ExpectNoProcessAsync($"{_folder}/bin/ffmpeg");
    }

    [Fact]
    public async Task CollectAsync_GrandchildHoldsThePipe_IsAvailableAtOnceAndLeavesNothing()
    {
        Script("bin/ffmpeg", $"(exec -a cliply-grandchild-{Path.GetFileName(_folder)} sleep 600) & echo ffmpeg version 7.1; exit 0", "/bin/bash");
        var watch = Stopwatch.StartNew();

        var ffmpeg = await CollectFfmpegAsync(deadline: 10);

        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(2));
        (ffmpeg.Status, ffmpeg.Version).Should().Be((BinaryStatus.Available, "7.1"));
        await ExpectNoProcessAsync($"cliply-grandchild-{Path.GetFileName(_folder)}");
    }

    [Fact]
    public async Task CollectAsync_HostileVersionText_IsSanitised()
    {
        Script("bin/ffmpeg", @"printf 'ffmpeg version \033[31m7.1\033[0m\000\377 built\n'");

        (await CollectFfmpegAsync()).Version.Should().Be("7.1");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("decoy")]
    public async Task CollectAsync_DecoyInTheCurrentDirectory_IsIgnored(string entry)
    {
        var current = Environment.CurrentDirectory;
        var decoys = new[] { Path.Combine(current, "ffmpeg"), Path.Combine(current, "decoy", "ffmpeg") };
        try
        {
            foreach (var decoy in decoys)
            {
                Script(decoy, $"touch {_folder}/ran; echo ffmpeg version 7.1");
            }

            var ffmpeg = (await CollectAsync($"{entry}:/nowhere"))[0];

            ffmpeg.Should().Be(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound });
            File.Exists($"{_folder}/ran").Should().BeFalse();
        }
        finally
        {
            File.Delete(decoys[0]);
            Directory.Delete(Path.Combine(current, "decoy"), recursive: true);
        }
    }

    [Fact]
    public async Task CollectAsync_SameFile_IsRunOnceAnHour()
    {
        Script("bin/ffmpeg", $"echo run >> {_folder}/runs; echo ffmpeg version 7.1");
        var time = new FakeTimeProvider();
        var collector = Collector($"{_folder}/bin:/usr/bin:/bin", [], 30, time);

        await collector.CollectAsync(Cancellation);
        time.Advance(TimeSpan.FromMinutes(59));
        await collector.CollectAsync(Cancellation);
        var within = (await File.ReadAllLinesAsync($"{_folder}/runs", Cancellation)).Length;
        time.Advance(TimeSpan.FromMinutes(1));
        await collector.CollectAsync(Cancellation);

        within.Should().Be(1);
        (await File.ReadAllLinesAsync($"{_folder}/runs", Cancellation)).Should().HaveCount(2);
    }

    [Fact]
    public async Task CollectAsync_FileReplaced_IsSeenAtTheNextCheck()
    {
        var path = Script("bin/ffmpeg", "echo ffmpeg version 7.1");
        var collector = Collector($"{_folder}/bin:/usr/bin:/bin", [], 30);
        var before = (await collector.CollectAsync(Cancellation)).Binaries.Value![0];

        var replacement = Script("new/ffmpeg", "echo ffmpeg version 7.2");
        File.SetLastWriteTimeUtc(replacement, File.GetLastWriteTimeUtc(path));
        File.Move(replacement, path, overwrite: true);
        var after = (await collector.CollectAsync(Cancellation)).Binaries.Value![0];

        (before.Version, after.Version).Should().Be(("7.1", "7.2"));
    }

    [Fact]
    public async Task CollectAsync_FailedOnce_IsTriedAgainAfterAMinute()
    {
        Script("bin/ffmpeg", $"[ -e {_folder}/fixed ] && echo ffmpeg version 7.1 || exit 1");
        var time = new FakeTimeProvider();
        var collector = Collector($"{_folder}/bin:/usr/bin:/bin", [], 30, time);

        (await collector.CollectAsync(Cancellation)).Binaries.Value![0].Status.Should().Be(BinaryStatus.Failed);
        await File.WriteAllTextAsync($"{_folder}/fixed", "", Cancellation);
        time.Advance(TimeSpan.FromSeconds(60));
        (await collector.CollectAsync(Cancellation)).Binaries.Value![0].Status.Should().Be(BinaryStatus.Available);
    }

    [Theory]
    [InlineData("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026", "5.1.9")]
    [InlineData("ffmpeg version n7.1-2-gabc Copyright", "7.1")]
    [InlineData("ffmpeg version N-109468-gd39b34123d Copyright", "N-109468-gd39b34123d")]
    [InlineData("2026.10.22\n", "2026.10.22")]
    [InlineData("2023.03.04.1", "2023.03.04.1")]
    [InlineData("command not understood", null)]
    [InlineData("", null)]
    public void Parse_FirstLine_GivesTheVersion(string output, string? expected) => VersionText.Parse(output).Should().Be(expected);

    private async Task<BinaryEvidence> CollectFfmpegAsync(string[]? usualFolders = null, double deadline = 10) =>
        (await CollectAsync($"{_folder}/bin", usualFolders, deadline))[0];

    private static async Task<IReadOnlyList<BinaryEvidence>> CollectAsync(string path, string[]? usualFolders = null, double deadline = 10) =>
        (await Collector(path, usualFolders ?? [], deadline).CollectAsync(Cancellation)).Binaries.Value!;

    private static BinaryCollector Collector(string path, string[] usualFolders, double deadline, TimeProvider? time = null) => new(
        Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromSeconds(deadline) }),
        new BinarySearch(() => path, usualFolders),
        time ?? TimeProvider.System);

    private string Script(string name, string body, string interpreter = "/bin/sh")
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!{interpreter}\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task ExpectNoProcessAsync(string text)
    {
        for (var attempt = 0; attempt < 40 && Any(); attempt++)
        {
            await Task.Delay(25, Cancellation);
        }

        Any().Should().BeFalse($"nothing may run as {text}");

        bool Any() => Directory.EnumerateDirectories("/proc").Any(p =>
        {
            try
            {
                return int.TryParse(Path.GetFileName(p), out _) && File.ReadAllText(p + "/cmdline").Contains(text, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });
    }
}
