using Cliply.Diagnostics.Cli.DeadLetters;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.Tests.DeadLetters;

public sealed class RequeueJudgeTests
{
    private static readonly SameDeaths Over = new(3, 100, JobSamples.Now.AddMinutes(-16));

    private static RequeueAdvice Judge(string? pattern, string kind = "TRANSCRIBE", SameDeaths? same = null, JobDocument? result = null, long attempts = 5) =>
        RequeueJudge.Judge(JobSamples.Job(JobState.DeadLetter, kind) with { ErrorPattern = pattern, Error = pattern, Result = result, Attempts = attempts }, same, TimeSpan.FromMinutes(15));

    [Theory]
    [InlineData("ffmpeg-not-found", "SafeAfterFix")]
    [InlineData("yt-dlp-not-found", "SafeAfterFix")]
    [InlineData("env-not-configured", "SafeAfterFix")]
    [InlineData("ffmpeg-timeout", "SafeAfterFix")]
    [InlineData("credentials-expired", "SafeAfterFix")]
    [InlineData("source-file-missing", "SafeAfterFix")]
    [InlineData("database-authentication", "SafeAfterFix")]
    [InlineData("unhandled-rejection", "SafeAfterFix")]
    [InlineData("uncaught-exception", "SafeAfterFix")]
    [InlineData("node-heap-out-of-memory", "NotSafe")]
    [InlineData("oom-killed", "NotSafe")]
    [InlineData("segmentation-fault", "NotSafe")]
    [InlineData("stuck-job-recovery", "Safe")]
    [InlineData("database-unreachable", "Safe")]
    [InlineData("database-too-many-connections", "Safe")]
    [InlineData("host-not-found", "Safe")]
    [InlineData("network-timeout", "Safe")]
    [InlineData("job-claimed", "Unknown")]
    [InlineData("a-pattern-of-the-host", "Unknown")]
    [InlineData(null, "Unknown")]
    public void Judge_ARepeatableKindWhoseCauseKillsNoMore_GoesByTheCause(string? pattern, string expected) =>
        Judge(pattern, same: Over).Verdict.ToString().Should().Be(expected);

    [Fact]
    public void Judge_EveryBuiltInPatternOfAFault_HasAnOpinion()
    {
        string[] healthy = ["job-claimed", "job-completed", "heartbeat-sent", "polling"];

        Logs.BuiltInLogPatterns.All.Select(p => p.Code).Except(healthy).Should().OnlyContain(code => Judge(code, "TRANSCRIBE", Over, null, 5).Verdict != RequeueVerdict.Unknown);
    }

    [Fact]
    public void Judge_APassingFaultThatStillKills_IsSafeOnlyAfterAFix()
    {
        var advice = Judge("database-unreachable", same: new SameDeaths(3, 100, JobSamples.Now.AddMinutes(-15)));

        advice.Verdict.Should().Be(RequeueVerdict.SafeAfterFix);
        advice.Reasons.Should().Equal(
            "The database could not be reached, or had no connection left.",
            "That still happens: the last of 3 jobs that died so did 15 min ago.",
            "TRANSCRIBE may run again: it writes over what it wrote before.");
    }

    [Fact]
    public void Judge_APassingFaultOfWhichNoMoreIsKnown_IsNotCalledSafe()
    {
        var advice = Judge("network-timeout");

        advice.Verdict.Should().Be(RequeueVerdict.SafeAfterFix);
        advice.Reasons[1].Should().Be("Whether that still happens is not known.");
    }

    [Fact]
    public void Judge_OnlyThisJobWasTakenFromSilentWorkers_IsUnknown()
    {
        var advice = Judge("stuck-job-recovery", same: Over with { Count = 1 });

        advice.Verdict.Should().Be(RequeueVerdict.Unknown);
        advice.Reasons[0].Should().Be("It was taken from workers that had fallen silent, and no other of the newest 100 dead letters was: it may be this job that stops them.");
    }

    [Theory]
    [InlineData("PUBLISH_YOUTUBE")]
    [InlineData("PUBLISH_TIKTOK")]
    public void Judge_AKindThatPublishes_IsNeverSafe(string kind)
    {
        var advice = Judge("network-timeout", kind, Over);
        advice.Verdict.Should().Be(RequeueVerdict.Unknown);
        advice.Reasons[0].Should().Be($"{kind} is not repeatable: an attempt may have published before it failed, and a second one would publish again.");
        advice.Before[0].Text.Should().Be("Look at the account on the platform: is it published already?");

        Judge("network-timeout", kind, Over, new JobDocument(20, ["url"], false)).Verdict.Should().Be(RequeueVerdict.NotSafe);
        Judge("oom-killed", kind, Over).Verdict.Should().Be(RequeueVerdict.NotSafe);
    }

    [Fact]
    public void Judge_AnUnknownKind_IsNotCalledSafe()
    {
        var advice = Judge("network-timeout", "SEND_INVOICE", Over);

        advice.Verdict.Should().Be(RequeueVerdict.Unknown);
        advice.Reasons[^1].Should().Be("Whether the kind SEND_INVOICE may run twice is not known.");
        Judge("oom-killed", "SEND_INVOICE", Over).Verdict.Should().Be(RequeueVerdict.NotSafe);
    }

    [Fact]
    public void Judge_AResultOrRetriesLeft_AreTold()
    {
        Judge("network-timeout", same: Over, result: new JobDocument(20, null, false)).Reasons.Should().Contain("It has a result: an attempt may have finished its work, and a second one does it again.");
        Judge("network-timeout", same: Over, attempts: 2).Reasons.Should().Contain("Only 2 of 5 attempts are used: something other than its retries made it a dead letter.");
        Judge("network-timeout", same: Over).Reasons.Should().HaveCount(3);
    }
}
