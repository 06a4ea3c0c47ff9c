using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.Tests.Jobs;

public sealed class JobExplanationTests
{
    private static JobExplanation Of(JobDetails job) => JobExplanation.Of(job, new DiagnosisThresholds());

    private static DateTimeOffset Ago(double seconds) => JobSamples.Now.AddSeconds(-seconds);

    [Theory]
    [InlineData(300, "runnable")]
    [InlineData(300.001, "overdue")]
    [InlineData(-0.001, "scheduled")]
    [InlineData(0, "runnable")]
    public void Of_Waiting_GoesByTheDueTimeAndTheClaimGrace(double seconds, string expected)
    {
        Of(JobSamples.Job(JobState.Waiting) with { RunAt = Ago(seconds) }).Code.Should().Be(expected);
    }

    [Fact]
    public void Of_WaitingWithoutADueTime_IsDueSinceItWasCreated()
    {
        Of(JobSamples.Job(JobState.Waiting) with { CreatedAt = Ago(600) }).Summary.Should().Be("It is overdue: it has been due for 10 min, and nobody took it.");
        Of(JobSamples.Job(JobState.Waiting)).Summary.Should().Be("It is due now; the table does not tell since when.");
    }

    [Fact]
    public void Of_Scheduled_TellsARetryFromAPlan()
    {
        Of(JobSamples.Job(JobState.Waiting) with { RunAt = Ago(-600), Attempts = 2 }).Details.Should().Equal("That is normal for a retry with back-off: 2 of 5 attempts failed so far.");
        Of(JobSamples.Job(JobState.Waiting) with { RunAt = Ago(-600), Attempts = 0 }).Details.Should().Equal("Whoever queued it gave it a start in the future. Until then no worker takes it.");
        Of(JobSamples.Job(JobState.Waiting) with { RunAt = DateTimeOffset.MaxValue }).Summary.Should().Be("It is scheduled for never: its due time is infinity.");
    }

    [Theory]
    [InlineData(300, "running")]
    [InlineData(300.001, "late")]
    [InlineData(600, "late")]
    [InlineData(600.001, "stale")]
    [InlineData(-60, "running")]
    [InlineData(-60.001, "clockSkew")]
    public void Of_Running_GoesByTheHeartbeat(double seconds, string expected)
    {
        Of(JobSamples.Job(JobState.Running) with { LockedBy = "w", LockedAt = Ago(5000), HeartbeatAt = Ago(seconds) }).Code.Should().Be(expected);
    }

    [Fact]
    public void Of_RunningWithoutAHeartbeat_GoesByTheClaim()
    {
        Of(JobSamples.Job(JobState.Running) with { LockedBy = "w", LockedAt = Ago(1200) }).Summary.Should().Be("It is stuck: running, held by w; it has no heartbeat yet, and was claimed 20 min ago.");
        Of(JobSamples.Job(JobState.Running)).Code.Should().Be("silent");
    }

    [Fact]
    public void Of_Stale_SaysWhenItIsTakenBack()
    {
        Of(Stale(700)).Details[1].Should().Be("worker_recover_stuck_jobs queues it again once the heartbeat is 15 min old, in 3 min.");
        Of(Stale(1000)).Details[1].Should().Be("worker_recover_stuck_jobs should have queued it again 1 min ago: nobody calls it, or it fails.");
        var without = Stale(700);
        without = without with { Shape = without.Shape with { HasRecovery = false } };
        Of(without).Details[1].Should().Be("This database has no function worker_recover_stuck_jobs, so that nothing takes it back by itself.");
        Of(without).Steps.SelectMany(s => s.Commands).Should().NotContain(c => c.Command.Contains("worker_recover", StringComparison.Ordinal));

        static JobDetails Stale(double seconds) => JobSamples.Job(JobState.Running) with { LockedBy = "w", HeartbeatAt = Ago(seconds) };
    }

    [Theory]
    [InlineData("worker-7f9c:17:1700000000000", "kubectl logs worker-7f9c --tail=100")]
    [InlineData("x;rm -rf /:17:1700000000000", "kubectl logs 'x;rm -rf /' --tail=100")]
    [InlineData("some worker", "kubectl logs -l app=worker --tail=100")]
    [InlineData(null, "kubectl logs -l app=worker --tail=100")]
    public void Of_Stale_NamesTheWorkersHostInItsCommands(string? worker, string expected)
    {
        Of(JobSamples.Job(JobState.Running) with { LockedBy = worker, HeartbeatAt = Ago(700) }).Steps[0].Commands.Select(c => c.Command).Should().Contain(expected);
    }

    [Fact]
    public void Of_Failed_SaysWhetherRetriesAreLeft()
    {
        Of(JobSamples.Job(JobState.Failed) with { Attempts = 2 }).Summary.Should().Be("It failed, with retries left: 2 of 5 attempts are used.");
        Of(JobSamples.Job(JobState.Failed)).Summary.Should().Be("It failed, with all 5 attempts used.");
        Of(JobSamples.Job(JobState.Failed) with { MaxAttempts = null }).Summary.Should().Be("It failed; the table does not tell how many retries are left.");
    }
}
