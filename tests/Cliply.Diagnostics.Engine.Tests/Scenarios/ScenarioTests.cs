using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using static Cliply.Diagnostics.Tests.Snapshots;

namespace Cliply.Diagnostics.Tests.Scenarios;

/// <summary>Each row of the contract's table on both sides of each of its limits and clauses.</summary>
public sealed class ScenarioTests
{
    private static readonly Dictionary<string, (string Code, DiagnosticSnapshot Snapshot, string Expected)> Rows = new()
    {
        // database-unavailable
        ["database ok"] = ("database-unavailable", Healthy, "none"),
        ["database unknown"] = ("database-unavailable", Healthy with { Database = default }, "none"),
        ["database timeout"] = ("database-unavailable", Healthy.D(d => d with { Status = DatabaseStatus.Timeout }), "critical confirmed"),

        // environment-incomplete
        ["required missing"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence { MissingRequired = ["A"] } }, "critical confirmed"),
        ["invalid"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence { Invalid = [new InvalidVariable { Name = "A" }] } }, "critical confirmed"),
        ["recommended missing"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence { MissingRecommended = ["A"] } }, "info confirmed"),
        ["environment lists null"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence() }, "none"),

        // job-store-drift
        ["claim missing"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_claim_next_job"] }), "critical confirmed"),
        ["heartbeat missing"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_heartbeat"] }), "critical confirmed"),
        ["finish missing"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_finish"] }), "critical confirmed"),
        ["fail missing"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_fail"] }), "critical confirmed"),
        ["recover missing"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_recover_stuck_jobs"] }), "warning confirmed"),
        ["recover and claim missing"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_recover_stuck_jobs", "worker_claim_next_job"] }), "critical confirmed"),
        ["functions not looked at"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = null }), "none"),

        // ffmpeg-unavailable
        ["ffmpeg not listed"] = ("ffmpeg-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound), "none"),
        ["ffmpeg failed"] = ("ffmpeg-unavailable", Healthy.Binary("ffmpeg", BinaryStatus.Failed), "critical confirmed"),
        ["ffmpeg timed out"] = ("ffmpeg-unavailable", Healthy.Binary("ffmpeg", BinaryStatus.TimedOut), "critical confirmed"),
        ["binaries unavailable"] = ("ffmpeg-unavailable", Healthy with { Binaries = Section.UnavailableList<BinaryEvidence>(new SectionFailure("timeout")) }, "none"),

        // workers-crash-looping
        ["3 restarts"] = ("workers-crash-looping", Healthy with { Deployments = Section.List(Deployment(1, Running("a")) with { RestartsLast5Minutes = 3 }) }, "none"),
        ["4 restarts"] = ("workers-crash-looping", Healthy with { Deployments = Section.List(Deployment(1, Running("a")) with { RestartsLast5Minutes = 4 }) }, "critical confirmed"),
        ["2 restarts each of two"] = ("workers-crash-looping", Healthy with { Deployments = Section.List(Deployment(1, Running("a")) with { RestartsLast5Minutes = 2 }, Deployment(1, Running("b")) with { RestartsLast5Minutes = 2 }) }, "none"),
        ["restarts not observable"] = ("workers-crash-looping", Healthy with { Deployments = Section.List(Deployment(1, Running("a")) with { RestartsLast5Minutes = null }) }, "none"),
        ["crash loop back-off"] = ("workers-crash-looping", Healthy.Deployed(2, Running("a"), Waiting("b", "CrashLoopBackOff")), "critical confirmed"),
        ["terminated in CrashLoopBackOff"] = ("workers-crash-looping", Healthy.Deployed(2, Running("a"), Ended("b", 1, Ago(5), "CrashLoopBackOff")), "none"),
        ["fluctuates twice"] = ("workers-crash-looping", Healthy.Counted((500, 1), (400, 0), (300, 1), (200, 0), (100, 1)), "critical likely"),
        ["fluctuates once"] = ("workers-crash-looping", Healthy.Counted((500, 1), (400, 0), (300, 1)), "none"),
        ["starts from zero, then once"] = ("workers-crash-looping", Healthy.Counted((500, 0), (400, 1), (300, 0), (200, 1)), "none"),
        ["fluctuates 1801 s ago"] = ("workers-crash-looping", Healthy.Counted((1801, 1), (400, 0), (300, 1), (200, 0), (100, 1)), "none"),
        ["fluctuates 1800 s ago"] = ("workers-crash-looping", Healthy.Counted((1800, 1), (400, 0), (300, 1), (200, 0), (100, 1)), "critical likely"),
        ["fluctuates in the future"] = ("workers-crash-looping", Healthy.Counted((500, 1), (400, 0), (300, 1), (200, 0), (-1, 1)), "none"),
        ["fluctuates within one second"] = ("workers-crash-looping", Healthy.Counted((500, 1), (500, 0), (500, 1), (500, 0), (500, 1)), "critical likely"),
        ["points without a count are skipped"] = ("workers-crash-looping", Healthy.Counted((500, 1), (400, 0), (350, null), (300, 1), (200, 0), (150, null), (100, 1)), "critical likely"),
        ["points without a time are skipped"] = ("workers-crash-looping", Healthy with { History = Section.List(new HistoryPoint { ActiveWorkers = 1 }, new HistoryPoint { ActiveWorkers = 0 }, new HistoryPoint { ActiveWorkers = 1 }, new HistoryPoint { ActiveWorkers = 0 }, new HistoryPoint { ActiveWorkers = 1 }) }, "none"),
        ["fluctuates behind job locks"] = ("workers-crash-looping", Healthy.W(w => w with { LivenessSource = LivenessSource.JobLocks }).Counted((500, 1), (400, 0), (300, 1), (200, 0), (100, 1)), "none"),
        ["fluctuates, workers unknown"] = ("workers-crash-looping", (Healthy with { Workers = default }).Counted((500, 1), (400, 0), (300, 1), (200, 0), (100, 1)), "none"),
        ["fluctuates and restarts"] = ("workers-crash-looping", Healthy.Deployed(2, Waiting("b", "CrashLoopBackOff")).Counted((500, 1), (400, 0), (300, 1), (200, 0), (100, 1)), "critical confirmed"),

        // no-workers-running
        ["(a) nothing runs"] = ("no-workers-running", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null }).Deployed(1), "critical confirmed"),
        ["(a) fresh workers elsewhere"] = ("no-workers-running", Healthy.Deployed(1), "none"),
        ["(a) heartbeat 600 s old"] = ("no-workers-running", Healthy.W(w => w with { LastHeartbeatAt = Ago(600) }).Deployed(1), "none"),
        ["(a) heartbeat 600.001 s old"] = ("no-workers-running", Healthy.W(w => w with { LastHeartbeatAt = Ago(600.001) }).Deployed(1), "critical confirmed"),
        ["(a) heartbeat 60 s ahead"] = ("no-workers-running", Healthy.W(w => w with { LastHeartbeatAt = Ago(-60) }).Deployed(1), "none"),
        ["(a) heartbeat 60.001 s ahead"] = ("no-workers-running", Healthy.W(w => w with { LastHeartbeatAt = Ago(-60.001) }).Deployed(1), "critical confirmed"),
        ["(a) workers unknown"] = ("no-workers-running", (Healthy with { Workers = default }).Deployed(1), "critical confirmed"),
        ["(a) one starts for 300 s"] = ("no-workers-running", (Healthy with { Workers = default }).Deployed(1, Waiting("a", "ContainerCreating", Ago(300))), "none"),
        ["(a) one starts for 300.001 s"] = ("no-workers-running", (Healthy with { Workers = default }).Deployed(1, Waiting("a", "ContainerCreating", Ago(300.001))), "critical confirmed"),
        ["(a) one starts, since when is unknown"] = ("no-workers-running", (Healthy with { Workers = default }).Deployed(1, Waiting("a", "PodInitializing")), "none"),
        ["(a) one waits for an image"] = ("no-workers-running", (Healthy with { Workers = default }).Deployed(1, Waiting("a", "ErrImagePull", Ago(10))), "critical confirmed"),
        ["(a) terminated while creating"] = ("no-workers-running", (Healthy with { Workers = default }).Deployed(1, Ended("a", 0, null, "ContainerCreating")), "critical confirmed"),
        ["(b) registry, none"] = ("no-workers-running", Healthy.W(w => w with { Active = 0 }), "critical confirmed"),
        ["(b) deployments unavailable"] = ("no-workers-running", Healthy.W(w => w with { Active = 0 }) with { Deployments = Section.UnavailableList<DeploymentEvidence>(new SectionFailure("timeout")) }, "critical confirmed"),
        ["(b) registry, one"] = ("no-workers-running", Healthy.W(w => w with { Active = 1 }), "none"),
        ["(c) locks, 100 wait"] = ("no-workers-running", Locks(q => q with { Runnable = 100 }), "none"),
        ["(c) locks, 101 wait"] = ("no-workers-running", Locks(q => q with { Runnable = 101 }), "critical likely"),
        ["(c) locks, oldest 300 s"] = ("no-workers-running", Locks(q => q with { OldestRunnableAgeSeconds = 300 }), "none"),
        ["(c) locks, oldest 301 s"] = ("no-workers-running", Locks(q => q with { OldestRunnableAgeSeconds = 301 }), "critical likely"),
        ["(c) locks, a claim"] = ("no-workers-running", Locks(q => q with { Runnable = 101, ClaimedLast5Minutes = 1 }), "none"),
        ["(c) locks, claims not observable"] = ("no-workers-running", Locks(q => q with { Runnable = 101, ClaimedLast5Minutes = null }), "critical likely"),
        ["(c) locks, queue unknown"] = ("no-workers-running", Locks(q => q) with { Queue = default }, "none"),
        ["scaled to zero, idle"] = ("no-workers-running", (Healthy with { Workers = default }).Q(q => q with { Runnable = 0, Running = 0 }).Deployed(0), "info confirmed"),
        ["scaled to zero, one waits"] = ("no-workers-running", (Healthy with { Workers = default }).Q(q => q with { Runnable = 1, Running = 0 }).Deployed(0), "critical confirmed"),
        ["scaled to zero, one runs"] = ("no-workers-running", (Healthy with { Workers = default }).Q(q => q with { Runnable = 0, Running = 1 }).Deployed(0), "critical confirmed"),
        ["scaled to zero, queue unknown"] = ("no-workers-running", (Healthy with { Workers = default, Queue = default }).Deployed(0), "critical confirmed"),
        ["desired not observable, idle"] = ("no-workers-running", (Healthy with { Workers = default }).Q(q => q with { Runnable = 0, Running = 0 }).Deployed(null), "critical confirmed"),
        ["not deployed, idle"] = ("no-workers-running", (Healthy with { Workers = default, Deployments = Section.List<DeploymentEvidence>() }).Q(q => q with { Runnable = 0, Running = 0 }), "critical confirmed"),

        // workers-stuck
        ["heartbeat stale"] = ("workers-stuck", Healthy.W(w => w with { LastHeartbeatAt = Ago(600.001) }), "critical likely"),
        ["heartbeat at the limit"] = ("workers-stuck", Healthy.W(w => w with { LastHeartbeatAt = Ago(600) }), "none"),
        ["heartbeat stale, deployments known"] = ("workers-stuck", Stuck, "critical confirmed"),
        ["heartbeat never"] = ("workers-stuck", Healthy.W(w => w with { LastHeartbeatAt = null }), "none"),
        ["heartbeat stale, none active"] = ("workers-stuck", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = Ago(700) }), "none"),
        ["heartbeat stale, nothing runs"] = ("workers-stuck", Healthy.W(w => w with { LastHeartbeatAt = Ago(700) }).Deployed(1), "none"),
        ["a stale job"] = ("workers-stuck", Healthy.Q(q => q with { StaleRunning = 1 }), "warning confirmed"),
        ["a stale worker"] = ("workers-stuck", Healthy.W(w => w with { Stale = 1 }), "warning confirmed"),
        ["a stale job, none active"] = ("workers-stuck", Healthy.Q(q => q with { StaleRunning = 1 }).W(w => w with { Active = 0 }), "none"),
        ["staleness not observable"] = ("workers-stuck", Healthy.Q(q => q with { StaleRunning = null }).W(w => w with { Stale = null }), "none"),
        ["never announced, 600 s"] = ("workers-stuck", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null }).Deployed(1, Running("a") with { StartedAt = Ago(600) }), "none"),
        ["never announced, 600.001 s"] = ("workers-stuck", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null }).Deployed(1, Running("a") with { StartedAt = Ago(600.001) }), "warning confirmed"),
        ["never announced, start unknown"] = ("workers-stuck", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null }).Deployed(1, Running("a") with { StartedAt = null }), "none"),
        ["never announced, locks"] = ("workers-stuck", Healthy.W(w => w with { LivenessSource = LivenessSource.JobLocks, Active = 0, LastHeartbeatAt = null }).Deployed(1, Running("a")), "none"),

        // workers-not-claiming
        ["not claiming"] = ("workers-not-claiming", NotClaiming, "critical confirmed"),
        ["oldest 300 s"] = ("workers-not-claiming", NotClaiming.Q(q => q with { OldestRunnableAgeSeconds = 300 }), "none"),
        ["oldest unknown"] = ("workers-not-claiming", NotClaiming.Q(q => q with { OldestRunnableAgeSeconds = null }), "none"),
        ["none runnable"] = ("workers-not-claiming", NotClaiming.Q(q => q with { Runnable = 0 }), "none"),
        ["claims not observable"] = ("workers-not-claiming", NotClaiming.Q(q => q with { ClaimedLast5Minutes = null }), "critical likely"),
        ["one claim, two free"] = ("workers-not-claiming", NotClaiming.Q(q => q with { ClaimedLast5Minutes = 1 }), "critical confirmed"),
        ["two claims, two free"] = ("workers-not-claiming", NotClaiming.Q(q => q with { ClaimedLast5Minutes = 2 }), "none"),
        ["both busy"] = ("workers-not-claiming", NotClaiming.Q(q => q with { Running = 2 }), "none"),
        ["both busy with dead locks"] = ("workers-not-claiming", NotClaiming.Q(q => q with { Running = 2, StaleRunning = 2 }), "critical confirmed"),
        ["one busy"] = ("workers-not-claiming", NotClaiming.Q(q => q with { Running = 1 }), "critical confirmed"),
        ["stale workers are not free"] = ("workers-not-claiming", NotClaiming.W(w => w with { Stale = 2 }), "none"),
        ["more stale than active"] = ("workers-not-claiming", NotClaiming.W(w => w with { Stale = 9 }), "none"),
        ["more dead locks than running"] = ("workers-not-claiming", NotClaiming.Q(q => q with { StaleRunning = 5, ClaimedLast5Minutes = 2 }), "none"),
        ["dead locks beyond counting"] = ("workers-not-claiming", NotClaiming.Q(q => q with { StaleRunning = long.MaxValue }), "critical confirmed"),
        ["three pods run, two announced"] = ("workers-not-claiming", NotClaiming.Q(q => q with { Running = 2 }).Deployed(3, Running("a"), Running("b"), Running("c")), "critical confirmed"),
        ["stuck for all"] = ("workers-not-claiming", NotClaiming.W(w => w with { LastHeartbeatAt = Ago(601) }), "none"),
        ["stuck for some"] = ("workers-not-claiming", NotClaiming.W(w => w with { Active = 3, Stale = 1 }), "critical confirmed"),
        ["workers unknown, a pod runs"] = ("workers-not-claiming", (NotClaiming with { Workers = default }).Deployed(1, Running("a")), "critical confirmed"),
        ["workers unknown, none deployed"] = ("workers-not-claiming", NotClaiming with { Workers = default }, "none"),
        ["heartbeat never, no deployment"] = ("workers-not-claiming", NotClaiming.W(w => w with { LastHeartbeatAt = null }), "none"),

        // jobs-failing
        ["5 of 50 failed"] = ("jobs-failing", Failing(5, 45), "warning confirmed"),
        ["half failed but for one, beyond a double"] = ("jobs-failing", Failing(1L << 53, (1L << 53) + 1), "warning confirmed"),
        ["5 of 51 failed"] = ("jobs-failing", Failing(5, 46), "none"),
        ["4 of 4 failed"] = ("jobs-failing", Failing(4, 0), "none"),
        ["5 of 5 failed"] = ("jobs-failing", Failing(5, 0), "critical confirmed"),
        ["10 of 20 failed"] = ("jobs-failing", Failing(10, 10), "critical confirmed"),
        ["10 of 21 failed"] = ("jobs-failing", Failing(10, 11), "warning confirmed"),
        ["completions not observable"] = ("jobs-failing", Failing(10, null), "none"),
        ["failures not observable"] = ("jobs-failing", Failing(null, 10), "none"),

        // resources-exhausted
        ["memory 89.9 %"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { MemoryBytes = 899, MemoryLimitBytes = 1000 }), "none"),
        ["memory 90 %"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { MemoryBytes = 900, MemoryLimitBytes = 1000 }), "warning confirmed"),
        ["memory without a limit"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { MemoryBytes = 900 }), "none"),
        ["memory with a limit of 0"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { MemoryBytes = 900, MemoryLimitBytes = 0 }), "none"),
        ["cpu 94.9 %"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { CpuPercent = 94.9 }), "none"),
        ["cpu 95 %"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { CpuPercent = 95 }), "warning confirmed"),
        ["io wait 19.9 %"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { IoWaitPercent = 19.9 }), "none"),
        ["io wait 20 %"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { IoWaitPercent = 20 }), "warning confirmed"),

        // dead-letter-spike
        ["20 dead"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetter = 20 }), "none"),
        ["21 dead"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetter = 21 }), "warning confirmed"),
        ["10 in an hour"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetteredLastHour = 10 }), "none"),
        ["11 in an hour"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetteredLastHour = 11 }), "warning confirmed"),
        ["100 dead, one in an hour"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetter = 100, DeadLetteredLastHour = 1 }), "warning confirmed"),
        ["101 dead, one in an hour"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetter = 101, DeadLetteredLastHour = 1 }), "critical confirmed"),
        ["101 dead, none in an hour"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetter = 101, DeadLetteredLastHour = 0 }), "warning confirmed"),
        ["101 dead, not observable when"] = ("dead-letter-spike", Healthy.Q(q => q with { DeadLetter = 101, DeadLetteredLastHour = null }), "critical confirmed"),

        // queue-backlog
        ["100 wait"] = ("queue-backlog", Healthy.Q(q => q with { Runnable = 100 }), "none"),
        ["101 wait"] = ("queue-backlog", Healthy.Q(q => q with { Runnable = 101 }), "warning confirmed"),
        ["oldest an hour"] = ("queue-backlog", Healthy.Q(q => q with { OldestRunnableAgeSeconds = 3600 }), "none"),
        ["oldest over an hour"] = ("queue-backlog", Healthy.Q(q => q with { OldestRunnableAgeSeconds = 3601 }), "warning confirmed"),
        ["only scheduled"] = ("queue-backlog", Healthy.Q(q => q with { Runnable = 0, Scheduled = 5000, OldestRunnableAgeSeconds = null }), "none"),

        // workers-below-desired
        ["1 of 2 runs"] = ("workers-below-desired", Healthy.Deployed(2, Running("a")), "warning confirmed"),
        ["2 of 2 run"] = ("workers-below-desired", Healthy.Deployed(2, Running("a"), Running("b")), "none"),
        ["0 of 2 run"] = ("workers-below-desired", Healthy.Deployed(2), "none"),
        ["1 of 2 runs, one starts"] = ("workers-below-desired", Healthy.Deployed(2, Running("a"), Waiting("b", "ContainerCreating")), "none"),
        ["sum over deployments"] = ("workers-below-desired", Healthy with { Deployments = Section.List(Deployment(1, Running("a"), Running("b")), Deployment(2, Running("c"))) }, "none"),
        ["desired not observable"] = ("workers-below-desired", Healthy.Deployed(null, Running("a")), "none"),

        // heartbeat-late
        ["heartbeat 300 s"] = ("heartbeat-late", Healthy.W(w => w with { LastHeartbeatAt = Ago(300) }), "none"),
        ["heartbeat 300.001 s"] = ("heartbeat-late", Healthy.W(w => w with { LastHeartbeatAt = Ago(300.001) }), "warning confirmed"),
        ["heartbeat 600 s"] = ("heartbeat-late", Healthy.W(w => w with { LastHeartbeatAt = Ago(600) }), "warning confirmed"),
        ["heartbeat 600.001 s"] = ("heartbeat-late", Healthy.W(w => w with { LastHeartbeatAt = Ago(600.001) }), "none"),
        ["heartbeat late, none active"] = ("heartbeat-late", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = Ago(400) }), "none"),

        // clock-skew
        ["60 s ahead"] = ("clock-skew", Healthy.W(w => w with { LastHeartbeatAt = Ago(-60) }), "none"),
        ["60.001 s ahead"] = ("clock-skew", Healthy.W(w => w with { LastHeartbeatAt = Ago(-60.001) }), "warning confirmed"),
        ["ahead, none active"] = ("clock-skew", Healthy.W(w => w with { Active = 0, LastHeartbeatAt = Ago(-61) }), "warning confirmed"),

        // yt-dlp-unavailable
        ["yt-dlp available"] = ("yt-dlp-unavailable", Healthy, "none"),
        ["yt-dlp, kinds not given"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound), "warning confirmed"),
        ["yt-dlp, queue unknown"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound) with { Queue = default }, "warning confirmed"),
        ["yt-dlp, no kinds"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(), "info confirmed"),
        ["yt-dlp, runnable"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Runnable = 1 }), "critical confirmed"),
        ["yt-dlp, scheduled"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Scheduled = 1 }), "critical confirmed"),
        ["yt-dlp, running"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Running = 1 }), "critical confirmed"),
        ["yt-dlp, failed"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Failed = 1 }), "critical confirmed"),
        ["yt-dlp, dead letters"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", DeadLetter = 1 }), "warning confirmed"),
        ["yt-dlp, other kinds"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "TRANSCRIBE", Runnable = 9 }), "info confirmed"),

        // job-store-unindexed
        ["index missing"] = ("job-store-unindexed", Healthy.D(d => d with { MissingIndexes = [new MissingIndex { Purpose = "running jobs", Sql = "create index x" }] }), "info confirmed"),
        ["indexes not looked at"] = ("job-store-unindexed", Healthy.D(d => d with { MissingIndexes = null }), "none"),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    public static TheoryData<string> Codes => [.. RunbookCatalog.Diagnoses.Select(d => d.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Rows_OfADiagnosis_FindItInEachSeverityAndOnceNot(string code)
    {
        var severities = RunbookCatalog.Diagnoses.Single(d => d.Code == code).Severities.Select(ReportWords.Of);
        var found = Rows.Values.Where(r => r.Code == code).Select(r => r.Expected.Split(' ')[0]).Distinct();

        string.Join(", ", found.Order(StringComparer.Ordinal)).Should().Be(string.Join(", ", severities.Append("none").Order(StringComparer.Ordinal)), "the rows of {0} stand on both sides of each limit", code);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Classify_Row_GivesItsSeverityAndConfidence(string name) => Rows[name].Snapshot.Find(Rows[name].Code).Should().Be(Rows[name].Expected);

    [Fact]
    public void Classify_Healthy_FindsNothing()
    {
        Healthy.Classify().Diagnoses.Should().BeEmpty();
        Whole.Classify().Diagnoses.Should().BeEmpty();
    }

    [Theory]
    [InlineData("HeartbeatFresh", "heartbeat-late")]
    [InlineData("HeartbeatStale", "workers-stuck")]
    [InlineData("ClaimGrace", "workers-not-claiming")]
    [InlineData("StartGrace", "no-workers-running")]
    [InlineData("BacklogJobs", "queue-backlog")]
    [InlineData("BacklogAge", "queue-backlog")]
    [InlineData("Restarts", "workers-crash-looping")]
    [InlineData("FluctuationWindow", "workers-crash-looping")]
    [InlineData("DeadLetters", "dead-letter-spike")]
    [InlineData("DeadLettersLastHour", "dead-letter-spike")]
    [InlineData("DeadLettersCritical", "dead-letter-spike")]
    [InlineData("FailingJobs", "jobs-failing")]
    [InlineData("FailingJobsPercent", "jobs-failing")]
    [InlineData("FailingJobsCriticalPercent", "jobs-failing")]
    [InlineData("MemoryPercent", "resources-exhausted")]
    [InlineData("CpuPercent", "resources-exhausted")]
    [InlineData("IoWaitPercent", "resources-exhausted")]
    [InlineData("ClockSkew", "clock-skew")]
    public void Classify_ThresholdChanged_ChangesTheVerdict(string threshold, string code)
    {
        var (snapshot, changed) = threshold switch
        {
            "HeartbeatFresh" => (Healthy, new DiagnosisThresholds { HeartbeatFresh = TimeSpan.FromSeconds(3) }),
            "HeartbeatStale" => (Healthy, new DiagnosisThresholds { HeartbeatStale = TimeSpan.FromSeconds(3) }),
            "ClaimGrace" => (NotClaiming, new DiagnosisThresholds { ClaimGrace = TimeSpan.FromSeconds(400) }),
            "StartGrace" => ((Healthy with { Workers = default }).Deployed(1, Waiting("a", "ContainerCreating", Ago(30))), new DiagnosisThresholds { StartGrace = TimeSpan.FromSeconds(20) }),
            "BacklogJobs" => (Healthy, new DiagnosisThresholds { BacklogJobs = 2 }),
            "BacklogAge" => (Healthy, new DiagnosisThresholds { BacklogAge = TimeSpan.FromSeconds(10) }),
            "Restarts" => (Healthy with { Deployments = Section.List(Deployment(1, Running("a")) with { RestartsLast5Minutes = 2 }) }, new DiagnosisThresholds { Restarts = 1 }),
            "FluctuationWindow" => (Healthy.Counted((500, 1), (400, 0), (300, 1), (200, 0), (100, 1)), new DiagnosisThresholds { FluctuationWindow = TimeSpan.FromSeconds(450) }),
            "DeadLetters" => (Healthy.Q(q => q with { DeadLetter = 5 }), new DiagnosisThresholds { DeadLetters = 4 }),
            "DeadLettersLastHour" => (Healthy.Q(q => q with { DeadLetteredLastHour = 5 }), new DiagnosisThresholds { DeadLettersLastHour = 4 }),
            "DeadLettersCritical" => (Healthy.Q(q => q with { DeadLetter = 50, DeadLetteredLastHour = 1 }), new DiagnosisThresholds { DeadLettersCritical = 49 }),
            "FailingJobs" => (Failing(4, 0), new DiagnosisThresholds { FailingJobs = 4 }),
            "FailingJobsPercent" => (Failing(5, 95), new DiagnosisThresholds { FailingJobsPercent = 5 }),
            "FailingJobsCriticalPercent" => (Failing(5, 20), new DiagnosisThresholds { FailingJobsCriticalPercent = 20 }),
            "MemoryPercent" => (Whole, new DiagnosisThresholds { MemoryPercent = 30 }),
            "CpuPercent" => (Whole, new DiagnosisThresholds { CpuPercent = 20 }),
            "IoWaitPercent" => (Whole, new DiagnosisThresholds { IoWaitPercent = 1 }),
            _ => (Healthy.W(w => w with { LastHeartbeatAt = Ago(-30) }), new DiagnosisThresholds { ClockSkew = TimeSpan.FromSeconds(29) }),
        };

        snapshot.Find(code, changed).Should().NotBe(snapshot.Find(code));
    }

    private static DiagnosticSnapshot Locks(Func<QueueEvidence, QueueEvidence> change) => Healthy
        .W(w => w with { LivenessSource = LivenessSource.JobLocks, Active = 0, LastHeartbeatAt = null })
        .Q(q => change(q with { Running = 0, ClaimedLast5Minutes = 0 }));

    private static DiagnosticSnapshot Failing(long? failed, long? completed) => Healthy.Q(q => q with { FailedLast5Minutes = failed, CompletedLast5Minutes = completed });
}
