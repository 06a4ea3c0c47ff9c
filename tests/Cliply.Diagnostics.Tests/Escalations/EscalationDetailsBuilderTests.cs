using System.Text;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Tests.Escalations;

public sealed class EscalationDetailsBuilderTests
{
    private readonly EscalationDetailsBuilder _details = new(new EscalationRequest());

    [Theory]
    [InlineData("cliply-worker@1.service", "systemd/cliply-worker@1.service")]
    [InlineData("../../etc/passwd", "systemd/_._.._etc_passwd")]
    [InlineData(".hidden", "systemd/_hidden")]
    [InlineData("", "systemd/_")]
    [InlineData("a b\n\u202Ec", "systemd/a_b__c")]
    public void AddFile_AnyName_StaysInItsFolder(string name, string expected)
    {
        _details.AddFile("systemd", name, "text");

        _details.Build().Files.Should().Equal(new DeploymentFile(expected, "text"));
    }

    [Fact]
    public void AddFile_SameNameAgain_GetsANumber()
    {
        _details.AddFile("docker", "compose.yaml", "1");
        _details.AddFile("docker", "Compose.yaml", "2");
        _details.AddFile("docker", "compose.yaml", "3");

        _details.Build().Files.Should().Equal(new DeploymentFile("docker/compose.yaml", "1"), new("docker/Compose-2.yaml", "2"), new("docker/compose-3.yaml", "3"));
    }

    [Fact]
    public void AddFile_TooLarge_IsMissing()
    {
        _details.AddFile("docker", "big", new string('é', 128 * 1024));
        _details.AddFile("docker", "bigger", new string('é', 128 * 1024) + "x");

        var details = _details.Build();
        details.Files.Select(f => f.Name).Should().Equal("docker/big");
        details.Missing.Should().Equal(new MissingDetail("docker/bigger", new SectionFailure("tooLarge", "it is larger than 256 KiB")));
    }

    [Fact]
    public void AddFile_NoRoomLeft_IsMissingAndASmallerOneStillFits()
    {
        var details = new EscalationDetailsBuilder(new EscalationRequest { MaxBytes = 400 });
        details.AddFile("docker", "a", new string('a', 60));
        details.AddFile("docker", "b", new string('b', 41));
        details.AddFile("docker", "c", new string('c', 40));

        var built = details.Build();
        built.Files.Select(f => f.Name).Should().Equal("docker/a", "docker/c");
        built.Missing.Should().Equal(new MissingDetail("docker/b", new SectionFailure("tooLarge", "the files before it filled the room for files; allow more bytes")));
    }

    [Fact]
    public void AddLog_AnyBytes_IsTextWithABreakAtItsEnd()
    {
        _details.AddLog("w\u001B[31m1", "one\u001B[0m\0\ntwo"u8, isCut: false);
        _details.AddLog("w2", [0x61, 0xFF, 0x0A], isCut: true, isPrevious: true);
        _details.AddLog("w3", [], isCut: false);

        _details.Build().Logs.Should().Equal(
            new WorkerLog("w1", "one\u001B[0m\0\ntwo\n"),
            new WorkerLog("w2", "a\uFFFD\n", IsPrevious: true, IsCut: true),
            new WorkerLog("w3", ""));
    }

    [Fact]
    public void NoteMore_MoreThanAreLookedAt_IsMissing()
    {
        _details.NoteMore(100);
        _details.NoteMore(103);

        _details.Build().Missing.Should().Equal(new MissingDetail("3 more workers", new SectionFailure("tooMany", "only 100 of 103 workers are looked at; allow more, or narrow the options that say which are workers")));
    }

    [Theory]
    [InlineData(0, 1024 * 1024)]
    [InlineData(12, 1024 * 1024)]
    [InlineData(24, 512 * 1024)]
    public void BytesPerLog_OfManyLogs_IsAnEvenShare(int logs, int expected) => new EscalationRequest().BytesPerLog(logs).Should().Be(expected);

    [Fact]
    public void TextFileRead_OfWhatIsNoSmallRegularFile_SaysWhyWithoutItsPath()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-text-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "small"), "text é");
            File.WriteAllBytes(Path.Combine(folder, "big"), Encoding.ASCII.GetBytes(new string('x', (256 * 1024) + 1)));

            TextFile.Read(Path.Combine(folder, "small")).Value.Should().Be("text é");
            TextFile.Read(Path.Combine(folder, "big")).Unavailable.Should().Be(new SectionFailure("tooLarge", "it is larger than 256 KiB"));
            TextFile.Read(Path.Combine(folder, "none")).Unavailable.Should().Be(new SectionFailure("not-configured", "it is not on this machine; run this where the workers are deployed from"));
            TextFile.Read(folder).Unavailable.Should().Be(new SectionFailure("not-supported", "it is no regular file"));
            TextFile.Read("/dev/zero").Unavailable.Should().Be(new SectionFailure("not-supported", "it is no regular file"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("registry.example:5000/cliply-worker:2.4.1", "2.4.1")]
    [InlineData("registry.example:5000/cliply-worker", null)]
    [InlineData("cliply-worker:2.4.1@sha256:0f1e", "2.4.1")]
    [InlineData("cliply-worker@sha256:0f1e", null)]
    [InlineData("sha256:0f1e", null)]
    [InlineData("cliply-worker:", null)]
    [InlineData(null, null)]
    public void TagOf_AnyImage_IsItsTag(string? image, string? expected) => ImageName.TagOf(image).Should().Be(expected);
}
