using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;
using static Cliply.Diagnostics.Tests.Snapshots;

namespace Cliply.Diagnostics.Tests.Classification;

/// <summary>What explains what, in which order diagnoses are listed, and what follows for status, unknowns and escalation.</summary>
public sealed class SymptomsTests
{
    private static readonly DiagnosticSnapshot None = Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null });

    private static readonly DiagnosticSnapshot Crashing = Whole with { Deployments = Section.List(Deployment(2, Running("a"), Running("b")) with { RestartsLast5Minutes = 9 }) };

    private static readonly DiagnosticSnapshot Failing = Healthy.Q(q => q with { FailedLast5Minutes = 9, CompletedLast5Minutes = 0 });

    private static readonly Dictionary<string, (string Code, DiagnosticSnapshot Snapshot, string Expected)> Rows = new()
    {
        ["database > none"] = ("no-workers-running", Down(None), "database-unavailable"),
        ["database > stuck"] = ("workers-stuck", Down(Stuck), "database-unavailable"),
        ["database > not claiming"] = ("workers-not-claiming", Down(NotClaiming), "database-unavailable"),
        ["database > crashing"] = ("workers-crash-looping", Down(Crashing), "database-unavailable"),
        ["database > failing"] = ("jobs-failing", Down(Failing), "database-unavailable"),
        ["database, not backlog"] = ("queue-backlog", Down(Healthy.Q(q => q with { Runnable = 500 })), ""),
        ["environment > none"] = ("no-workers-running", Bare(None), "environment-incomplete"),
        ["environment > crashing"] = ("workers-crash-looping", Bare(Crashing), "environment-incomplete"),
        ["environment > failing"] = ("jobs-failing", Bare(Failing), "environment-incomplete"),
        ["environment, not stuck"] = ("workers-stuck", Bare(Stuck), ""),
        ["environment, not not claiming"] = ("workers-not-claiming", Bare(NotClaiming), ""),
        ["environment info explains nothing"] = ("workers-crash-looping", Crashing with { Environment = new EnvironmentEvidence { MissingRecommended = ["A"] } }, ""),
        ["drift > not claiming"] = ("workers-not-claiming", Drifted(NotClaiming, "worker_fail"), "job-store-drift"),
        ["drift > failing"] = ("jobs-failing", Drifted(Failing, "worker_finish"), "job-store-drift"),
        ["drift > stuck by heartbeat"] = ("workers-stuck", Drifted(Stuck, "worker_heartbeat"), "job-store-drift"),
        ["drift, not stuck by another"] = ("workers-stuck", Drifted(Stuck, "worker_finish"), ""),
        ["drift warning explains nothing"] = ("workers-not-claiming", Drifted(NotClaiming, "worker_recover_stuck_jobs"), ""),
        ["ffmpeg > failing, kinds not given"] = ("jobs-failing", Failing.Binary("ffmpeg", BinaryStatus.NotFound), "ffmpeg-unavailable"),
        ["ffmpeg, not failing without its kinds"] = ("jobs-failing", Failing.Binary("ffmpeg", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "PUBLISH_TIKTOK", Failed = 9 }), ""),
        ["ffmpeg > failing by failed"] = ("jobs-failing", Failing.Binary("ffmpeg", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "CLIP_RENDER", Failed = 1 }), "ffmpeg-unavailable"),
        ["ffmpeg > failing by dead letters"] = ("jobs-failing", Failing.Binary("ffmpeg", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "THUMBNAIL_GEN", DeadLetter = 1 }), "ffmpeg-unavailable"),
        ["yt-dlp, not failing, kinds not given"] = ("jobs-failing", Failing.Binary("yt-dlp", BinaryStatus.NotFound), ""),
        ["yt-dlp > failing"] = ("jobs-failing", Failing.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Failed = 1 }), "yt-dlp-unavailable"),
        ["ffmpeg > dead letters, more than half"] = ("dead-letter-spike", Dead("ffmpeg", "TRANSCRIBE", 16), "ffmpeg-unavailable"),
        ["ffmpeg, not dead letters, half"] = ("dead-letter-spike", Dead("ffmpeg", "TRANSCRIBE", 15), ""),
        ["yt-dlp > dead letters, more than half"] = ("dead-letter-spike", Dead("yt-dlp", "YOUTUBE_DOWNLOAD", 16), "yt-dlp-unavailable"),
        ["yt-dlp, not dead letters, half"] = ("dead-letter-spike", Dead("yt-dlp", "YOUTUBE_DOWNLOAD", 15), ""),
        ["crashing > none"] = ("no-workers-running", None.Deployed(1, Waiting("a", "CrashLoopBackOff")), "workers-crash-looping"),
        ["crashing > below desired"] = ("workers-below-desired", Healthy.Deployed(2, Running("a"), Waiting("b", "CrashLoopBackOff")), "workers-crash-looping"),
        ["crashing > failing"] = ("jobs-failing", Crashing.Q(q => q with { FailedLast5Minutes = 9, CompletedLast5Minutes = 0 }), "workers-crash-looping"),
        ["crashing > backlog"] = ("queue-backlog", Crashing.Q(q => q with { Runnable = 500 }), "workers-crash-looping"),
        ["none > backlog"] = ("queue-backlog", None.Q(q => q with { Runnable = 500 }), "no-workers-running"),
        ["stuck > backlog"] = ("queue-backlog", Stuck.Q(q => q with { Runnable = 500 }), "workers-stuck"),
        ["not claiming > backlog"] = ("queue-backlog", NotClaiming.Q(q => q with { Runnable = 500 }), "workers-not-claiming"),
        ["below desired > backlog"] = ("queue-backlog", Healthy.Q(q => q with { Runnable = 500 }).Deployed(2, Running("a")), "workers-below-desired"),
        ["failing, not backlog"] = ("queue-backlog", Failing.Q(q => q with { Runnable = 500 }), ""),
        ["resources > stuck"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 99 }), "resources-exhausted"),
        ["resources, not stuck in a loop"] = ("workers-stuck", Loop(Stuck), ""),
        ["stuck in a loop > resources"] = ("resources-exhausted", Loop(Stuck), "workers-stuck"),
        ["resources > crashing by memory"] = ("workers-crash-looping", Crashing.Logged(Finding("oom-killed")).Using(new ResourceEvidence { MemoryBytes = 9, MemoryLimitBytes = 10 }), "resources-exhausted"),
        ["resources, not crashing by cpu"] = ("workers-crash-looping", Crashing.Logged(Finding("oom-killed")).Using(new ResourceEvidence { CpuPercent = 99 }), ""),
        ["resources, not crashing by something else"] = ("workers-crash-looping", Crashing.Using(new ResourceEvidence { MemoryBytes = 9, MemoryLimitBytes = 10 }), ""),
        ["nothing > none, scaled to zero"] = ("no-workers-running", Bare(Down(None.Deployed(0))), ""),
        ["nothing > none, not deployed"] = ("no-workers-running", Bare(Down(None with { Deployments = Section.List<DeploymentEvidence>() })), ""),
        ["info none explains nothing"] = ("queue-backlog", None.Q(q => q with { Runnable = 0, Running = 0, OldestRunnableAgeSeconds = 9999 }).Deployed(0), ""),
        ["two explain one, in the table's order"] = ("workers-crash-looping", Bare(Down(Crashing)), "database-unavailable, environment-incomplete"),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Classify_Diagnosis_NamesWhatExplainsIt(string name) => Rows[name].Snapshot.SymptomOf(Rows[name].Code).Should().Be(Rows[name].Expected);

    [Fact]
    public void Classify_RootThatExplainsACriticalOne_ComesBeforeMilderRootsOfTheTable() => Codes(
        Drifted(Crashing.Logged(Finding("oom-killed")).Using(new ResourceEvidence { MemoryBytes = 9, MemoryLimitBytes = 10 }), "worker_recover_stuck_jobs"))
        .Should().Be("resources-exhausted, job-store-drift, workers-crash-looping");

    [Fact]
    public void Classify_EquallySevereRoots_KeepTheTablesOrder() => Codes(
        Bare(Healthy.Binary("ffmpeg", BinaryStatus.NotFound)).D(d => d with { MissingFunctions = ["worker_fail"], Status = DatabaseStatus.Error }))
        .Should().Be("database-unavailable, environment-incomplete, job-store-drift, ffmpeg-unavailable");

    [Fact]
    public void Classify_InfoRoots_ComeAfterOtherRootsAndBeforeSymptoms() => Codes(
        (Down(NotClaiming) with { Environment = new EnvironmentEvidence { MissingRecommended = ["A"] } }).Q(q => q with { DeadLetter = 30 }))
        .Should().Be("database-unavailable, dead-letter-spike, environment-incomplete, workers-not-claiming");

    [Theory]
    [InlineData(true, true, FleetStatus.Healthy)]
    [InlineData(false, true, FleetStatus.Inconclusive)]
    [InlineData(true, false, FleetStatus.Inconclusive)]
    public void Classify_NothingFound_IsHealthyOnlyWithWorkersAndQueueKnown(bool workers, bool queue, FleetStatus expected) => (Healthy with
    {
        Workers = workers ? Healthy.Workers : new SectionFailure("timeout"),
        Queue = queue ? Healthy.Queue : default,
    }).Classify().Status.Should().Be(expected);

    [Fact]
    public void Classify_OnlyInfoWithQueueUnknown_IsInconclusive() =>
        (Healthy with { Queue = default, Environment = new EnvironmentEvidence { MissingRecommended = ["A"] } }).Classify().Status.Should().Be(FleetStatus.Inconclusive);

    [Fact]
    public void Classify_UnknownSections_AreNamedWithTheirReason() =>
        (Healthy with { Binaries = Section.UnavailableList<BinaryEvidence>(new SectionFailure("timeout", "no answer")), Logs = Section.UnavailableList<LogEvidence>(new SectionFailure()) })
            .Classify().Unknowns.Select(u => $"{u.Section}: {u.Reason}").Should().Equal(
                "binaries: timeout: no answer", "deployments: not collected", "resources: not collected", "logs: unavailable", "history: not collected");

    [Fact]
    public void Classify_NothingKnown_NamesEveryDiagnosis()
    {
        var named = new DiagnosticSnapshot { SchemaVersion = 1, CapturedAt = Now }.Classify().Unknowns.SelectMany(u => u.WouldDecide);

        BuiltInScenarios.All.Select(s => s.Code).Except(named).Should().BeEmpty("BuiltInScenarios says which sections decide a diagnosis");
    }

    [Fact]
    public void Classify_EverythingKnown_NamesNoUnknown() => Whole.Classify().Unknowns.Should().BeEmpty();

    [Fact]
    public void Classify_IdleBehindJobLocks_ListsWorkersAsUnknownAndStaysHealthy()
    {
        var report = (Whole with { Deployments = default }).W(w => w with { LivenessSource = LivenessSource.JobLocks, Active = 0, LastHeartbeatAt = null }).Q(q => q with { Running = 0 }).Classify();

        report.Status.Should().Be(FleetStatus.Healthy);
        report.Unknowns.Select(u => u.Section).Should().Equal("workers", "deployments");
        report.Unknowns[0].Reason.Should().Be("idle or absent: workers show only while they hold a job, and no deployment was looked at");
    }

    [Fact]
    public void Classify_WorkersBeatWhereNothingIsDeployed_ListsDeploymentsAsUnknown() =>
        (Whole with { Deployments = Section.List<DeploymentEvidence>() }).Classify().Unknowns.Select(u => $"{u.Section}: {u.Reason}")
            .Should().Equal("deployments: nothing runs where we looked, yet workers beat: they run elsewhere");

    [Fact]
    public void Classify_Escalation_FollowsEachClause()
    {
        Escalates(Crashing.Logged(Finding("uncaught-exception"))).Should().BeTrue();
        Escalates(Crashing.Logged(Finding("segmentation-fault"))).Should().BeTrue();
        Escalates(Crashing.Logged(Finding("uncaught-exception"), Finding("env-not-configured"))).Should().BeFalse();
        Escalates(Crashing.Logged(Finding("uncaught-exception"), Finding("ffmpeg-not-found"))).Should().BeFalse();
        Escalates(Crashing.Logged(Finding("uncaught-exception"), Finding("database-unreachable"))).Should().BeFalse();
        Escalates(Crashing.Logged(Finding("oom-killed"))).Should().BeFalse();
        Escalates(Crashing).Should().BeTrue("nothing explains it, and everything was looked at");
        Escalates(Crashing with { Logs = default }).Should().BeFalse();
        Escalates(Crashing with { Resources = default }).Should().BeFalse();
        Escalates(Crashing with { Environment = default }).Should().BeFalse();
        Escalates(Crashing with { Database = default }).Should().BeFalse();
        Escalates(Crashing with { Binaries = default, History = default }).Should().BeTrue();
        Escalates(Stuck).Should().BeTrue();
        Escalates(Stuck with { Deployments = default }).Should().BeFalse();
        Escalates(Stuck.Using(new ResourceEvidence { CpuPercent = 99 })).Should().BeFalse();
        Escalates(Whole.Q(q => q with { StaleRunning = 1 })).Should().BeFalse("it is only a warning");
        Escalates(Bare(Crashing)).Should().BeFalse("the environment explains it");
        Escalates(Healthy.Q(q => q with { DeadLetter = 101, DeadLetteredLastHour = 1 })).Should().BeTrue();
        Escalates(Healthy.Q(q => q with { DeadLetter = 101, DeadLetteredLastHour = 0 })).Should().BeFalse();
        Escalates(Healthy.Binary("ffmpeg", BinaryStatus.NotFound).Q(q => q with { DeadLetter = 101, DeadLetteredLastHour = 1, Kinds = [new QueueKind { Kind = "TRANSCRIBE", DeadLetter = 101 }] })).Should().BeFalse();
        Escalates(Drifted(Healthy, "worker_fail")).Should().BeTrue();
        Escalates(Drifted(Healthy, "worker_recover_stuck_jobs")).Should().BeFalse();
    }

    [Fact]
    public void Classify_Escalation_SaysWhyAndWhatToInclude()
    {
        var escalation = Drifted(Healthy, "worker_fail").Classify().Escalation;

        escalation.Reasons.Should().Equal("The database lacks functions that the workers call.");
        escalation.Include.Should().Equal("workers status", "jobs stats", "the last 100 log lines of each worker", "deployment configuration (Dockerfile, compose file, manifests, unit)", "recent deployments and infrastructure changes");
        Healthy.Classify().Escalation.Should().BeEquivalentTo(new Escalation(false, [], escalation.Include));
    }

    private static bool Escalates(DiagnosticSnapshot snapshot) => snapshot.Classify().Escalation.Recommended;

    private static string Codes(DiagnosticSnapshot snapshot) => string.Join(", ", snapshot.Classify().Diagnoses.Select(d => d.Code));

    private static DiagnosticSnapshot Down(DiagnosticSnapshot snapshot) => snapshot.D(d => d with { Status = DatabaseStatus.PermissionDenied });

    private static DiagnosticSnapshot Bare(DiagnosticSnapshot snapshot) => snapshot with { Environment = new EnvironmentEvidence { MissingRequired = ["SUPABASE_URL"] } };

    private static DiagnosticSnapshot Drifted(DiagnosticSnapshot snapshot, string function) => snapshot.D(d => d with { MissingFunctions = [function] });

    private static DiagnosticSnapshot Dead(string binary, string kind, long count) => Healthy.Q(q => q with { DeadLetter = 30 }).Binary(binary, BinaryStatus.NotFound).Kinds(new QueueKind { Kind = kind, DeadLetter = count });

    private static DiagnosticSnapshot Loop(DiagnosticSnapshot snapshot) => snapshot.Using(new ResourceEvidence { CpuPercent = 99 }) with { Logs = Section.List(Log() with { DominantLineShare = 0.9 }) };
}
