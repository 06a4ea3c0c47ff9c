using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Systemd;

namespace Cliply.Diagnostics.Tests.Systemd;

public sealed class JournalTailTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 4, 0, TimeSpan.Zero);

    [Fact]
    public void Parse_CapturedJournal_SeparatesTheWorkersLinesFromSystemdsNotes()
    {
        var tail = JournalTail.Parse(File.ReadAllBytes(Captured.Path("journal.json")), 1_000_000);

        (tail.Lines, tail.Skipped, tail.IsCut, tail.IsEmpty).Should().Be((18, 0, false, false));
        tail.Restarts.Should().HaveCount(4).And.BeInDescendingOrder();
        tail.Restarts[0].Should().Be(Time(1795593826534603));
        tail.LastTermination.Should().Be(new UnitTermination("signal", 137, Time(1795593826313341)));
    }

    [Fact]
    public void Feed_CapturedJournal_GivesTimesPatternsAndNoneOfSystemdsWords()
    {
        var log = Scan(File.ReadAllBytes(Captured.Path("journal.json")));

        log.Lines.Should().Be(18);
        log.LastLineAt.Should().Be(Time(1795593826094962));
        log.Findings!.Select(f => (f.Pattern, f.Count)).Should().Equal(("node-heap-out-of-memory", 4), ("unhandled-rejection", 3), ("job-claimed", 3));
        log.Findings![1].Sample.Should().EndWith("ERROR Unhandled promise rejection: boom", "an entry with escape sequences comes as an array of bytes");
    }

    [Fact]
    public void Feed_OomNotedBySystemd_IsNotWhatTheWorkerSaid()
    {
        var tail = Parse("""{"UNIT":"w.service","SYSLOG_IDENTIFIER":"systemd","MESSAGE_ID":"d9b373ed55a64feb8242e02dbe79a49c","UNIT_RESULT":"oom-kill","MESSAGE":"w.service: Failed with result 'oom-kill'."}""",
            """{"UNIT":"w.service","SYSLOG_IDENTIFIER":"systemd","MESSAGE_ID":"98e322203f7a4ed290d09fe03c09fe15","EXIT_CODE":"killed","EXIT_STATUS":"15","MESSAGE":"w.service: Main process exited, code=killed, status=15/TERM"}""");

        tail.Lines.Should().Be(0);
        tail.LastTermination.Should().Be(new UnitTermination("OOMKilled", 143, null));
    }

    [Fact]
    public void Parse_EarlierRunFailedAndLastEndedWell_KeepsThemApart()
    {
        var tail = Parse(
            """{"UNIT":"w","SYSLOG_IDENTIFIER":"systemd","MESSAGE_ID":"98e322203f7a4ed290d09fe03c09fe15","EXIT_CODE":"exited","EXIT_STATUS":"0"}""",
            """{"UNIT":"w","SYSLOG_IDENTIFIER":"systemd","MESSAGE_ID":"d9b373ed55a64feb8242e02dbe79a49c","UNIT_RESULT":"oom-kill"}""",
            """{"UNIT":"w","SYSLOG_IDENTIFIER":"systemd","MESSAGE_ID":"98e322203f7a4ed290d09fe03c09fe15","EXIT_CODE":"killed","EXIT_STATUS":"9"}""");

        tail.LastTermination.Should().Be(new UnitTermination(null, 0, null));
    }

    [Theory]
    [InlineData("""{"MESSAGE":null,"__REALTIME_TIMESTAMP":"1795593826094962"}""")]
    [InlineData("""{"__REALTIME_TIMESTAMP":"1795593826094962"}""")]
    [InlineData("""{"MESSAGE":"cut""")]
    [InlineData("[1,2]")]
    [InlineData("""{"MESSAGE":{"a":{"b":{"c":{"d":1}}}}}""")]
    public void Parse_NoEntry_IsSkippedAndCounted(string line)
    {
        var tail = Parse("""{"MESSAGE":"after"}""", line, """{"MESSAGE":"before"}""");

        (tail.Lines, tail.Skipped).Should().Be((2, 1));
        Scan(tail).Lines.Should().Be(2);
    }

    [Fact]
    public void Parse_Remark_IsNoEntry()
    {
        var tail = Parse("-- No entries --");

        (tail.Lines, tail.Skipped, tail.IsEmpty).Should().Be((0, 0, true));
    }

    [Theory]
    [InlineData("""{"MESSAGE":"plain \u00e9 claimed job 1"}""")]
    [InlineData("""{"MESSAGE":[99,108,97,105,109,101,100,32,106,111,98]}""")]
    [InlineData("""{"MESSAGE":["claimed job 1","second"]}""")]
    [InlineData("""{"MESSAGE":[[99,108,97,105,109,101,100,32,106,111,98],"second"]}""")]
    [InlineData("""{"X":[[1,2],{"a":1}],"MESSAGE":"claimed job 1","__REALTIME_TIMESTAMP":17}""")]
    public void Parse_EachFormOfAMessage_IsRead(string line) =>
        Scan(Parse(line)).Findings.Should().ContainSingle().Which.Pattern.Should().Be("job-claimed");

    [Fact]
    public void Parse_MoreThanTheLimit_KeepsTheNewest()
    {
        var tail = JournalTail.Parse(Encoding.UTF8.GetBytes("{\"MESSAGE\":\"new\"}\n{\"MESSAGE\":\"old old old\"}\n{\"MESSAGE\":\"o\"}\n"), 5);

        (tail.Lines, tail.IsCut).Should().Be((1, true));
    }

    [Fact]
    public void Parse_EndedWithinAnEntry_PassesItOver()
    {
        var tail = JournalTail.Parse("{\"MESSAGE\":\"new\"}\n{\"MESSAGE\":\"ol"u8, 1_000);

        (tail.Lines, tail.Skipped, tail.IsCut).Should().Be((1, 0, true));
    }

    [Fact]
    public void Parse_RandomCutsAndBytes_NeverThrows()
    {
        var captured = File.ReadAllBytes(Captured.Path("journal.json"));
        var random = new Random(4711);
        for (var i = 0; i < 2_000; i++)
        {
            var piece = captured.AsSpan(random.Next(captured.Length / 2), random.Next(2_000)).ToArray();
            for (var j = 0; j < 5 && piece.Length > 0; j++)
            {
                piece[random.Next(piece.Length)] = (byte)random.Next(256);
            }

            Scan(piece).Should().NotBeNull();
        }
    }

    private static JournalTail Parse(params string[] lines) => JournalTail.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), 1_000_000);

    private static LogEvidence Scan(byte[] output) => Scan(JournalTail.Parse(output, 1_000_000));

    private static LogEvidence Scan(JournalTail tail)
    {
        var scanner = new LogScanner(new LogPatternMatcher());
        tail.Feed(scanner);
        return scanner.Complete("systemd:w", Now);
    }

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
