using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using static Cliply.Diagnostics.Tests.Snapshots;

namespace Cliply.Diagnostics.Tests.Classification;

/// <summary>Which causes are confirmed or likely, and in which order.</summary>
public sealed class CausesTests
{
    private static readonly DiagnosticSnapshot None = Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null });

    private static readonly DiagnosticSnapshot Crashing = Whole with { Deployments = Section.List(Deployment(2, Running("a"), Running("b")) with { RestartsLast5Minutes = 9 }) };

    private static readonly DiagnosticSnapshot Dead = Healthy.Q(q => q with { DeadLetter = 30 });

    private static readonly DiagnosticSnapshot Failing = Healthy.Q(q => q with { FailedLast5Minutes = 9, CompletedLast5Minutes = 0 });

    private static readonly DiagnosticSnapshot Backlog = Healthy.Q(q => q with { Runnable = 500 });

    private static readonly Dictionary<string, (string Code, DiagnosticSnapshot Snapshot, string Expected)> Rows = new()
    {
        ["refused"] = ("database-unavailable", With(DatabaseStatus.Refused), "confirmed: connection-refused"),
        ["hostNotFound"] = ("database-unavailable", With(DatabaseStatus.HostNotFound), "confirmed: host-not-found"),
        ["timeout"] = ("database-unavailable", With(DatabaseStatus.Timeout), "confirmed: timeout"),
        ["authenticationFailed"] = ("database-unavailable", With(DatabaseStatus.AuthenticationFailed), "confirmed: invalid-credentials"),
        ["tlsFailed"] = ("database-unavailable", With(DatabaseStatus.TlsFailed), "confirmed: tls-failure"),
        ["permissionDenied"] = ("database-unavailable", With(DatabaseStatus.PermissionDenied), "confirmed: permission-denied"),
        ["schemaMissing"] = ("database-unavailable", With(DatabaseStatus.SchemaMissing), "confirmed: schema-missing"),
        ["tooManyConnections"] = ("database-unavailable", With(DatabaseStatus.TooManyConnections), "confirmed: too-many-connections"),
        ["readOnly"] = ("database-unavailable", With(DatabaseStatus.ReadOnly), "confirmed: read-only"),
        ["shuttingDown"] = ("database-unavailable", With(DatabaseStatus.ShuttingDown), "confirmed: shutting-down"),
        ["error"] = ("database-unavailable", With(DatabaseStatus.Error), "confirmed: unexpected-error"),

        ["missing and invalid"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence { MissingRequired = ["A"], Invalid = [new InvalidVariable { Name = "B" }] } }, "confirmed: missing-environment, invalid-environment"),
        ["invalid only"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence { Invalid = [new InvalidVariable { Name = "B" }] } }, "confirmed: invalid-environment"),
        ["recommended only"] = ("environment-incomplete", Healthy with { Environment = new EnvironmentEvidence { MissingRecommended = ["B"] } }, ""),
        ["drift"] = ("job-store-drift", Healthy.D(d => d with { MissingFunctions = ["worker_fail"] }), "confirmed: missing-function"),

        ["not in path"] = ("ffmpeg-unavailable", Healthy.Binary("ffmpeg", BinaryStatus.NotFound, "/opt/ffmpeg"), "confirmed: not-in-path"),
        ["not installed"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.NotFound), "confirmed: not-installed"),
        ["not executable"] = ("ffmpeg-unavailable", Healthy.Binary("ffmpeg", BinaryStatus.NotExecutable), "confirmed: not-executable"),
        ["broken"] = ("ffmpeg-unavailable", Healthy.Binary("ffmpeg", BinaryStatus.Failed), "confirmed: broken-binary"),
        ["hanging"] = ("yt-dlp-unavailable", Healthy.Binary("yt-dlp", BinaryStatus.TimedOut), "confirmed: broken-binary"),

        ["oom now, 137"] = ("workers-crash-looping", Crash(Ended("c", 137, Ago(9), "OOMKilled")), "confirmed: out-of-memory"),
        ["oom now, code unknown"] = ("workers-crash-looping", Crash(Ended("c", null, Ago(9), "OOMKilled")), "confirmed: out-of-memory"),
        ["oom now, 143"] = ("workers-crash-looping", Crash(Ended("c", 143, Ago(9), "OOMKilled")), "likely: out-of-memory"),
        ["137 without a reason"] = ("workers-crash-looping", Crash(Ended("c", 137, Ago(9))), "likely: out-of-memory"),
        ["oom before, 137"] = ("workers-crash-looping", Crash(Before("OOMKilled", 137, Ago(9))), "confirmed: out-of-memory"),
        ["oom before, code unknown"] = ("workers-crash-looping", Crash(Before("OOMKilled", null, Ago(9))), "confirmed: out-of-memory"),
        ["137 before"] = ("workers-crash-looping", Crash(Before("Error", 137, Ago(9))), "likely: out-of-memory"),
        ["oom 900 s ago"] = ("workers-crash-looping", Crash(Before("OOMKilled", 137, Ago(900))), "confirmed: out-of-memory"),
        ["oom 900.001 s ago"] = ("workers-crash-looping", Crash(Before("OOMKilled", 137, Ago(900.001))), ""),
        ["oom, when is unknown"] = ("workers-crash-looping", Crash(Before("OOMKilled", 137, null)), "confirmed: out-of-memory"),
        ["oom in the future"] = ("workers-crash-looping", Crash(Before("OOMKilled", 137, Ago(-99))), "confirmed: out-of-memory"),
        ["heap pattern"] = ("workers-crash-looping", Crashing.Logged(Finding("node-heap-out-of-memory")), "confirmed: out-of-memory"),
        ["oom-killed pattern in a job error"] = ("workers-crash-looping", Crashing.Errors(Error("oom-killed")), "confirmed: out-of-memory"),
        ["139"] = ("workers-crash-looping", Crash(Ended("c", 139, Ago(9))), "confirmed: native-crash"),
        ["139 before"] = ("workers-crash-looping", Crash(Before("Error", 139, Ago(9))), "confirmed: native-crash"),
        ["134"] = ("workers-crash-looping", Crash(Before("Error", 134, Ago(9))), "confirmed: native-crash"),
        ["134 with a full heap"] = ("workers-crash-looping", Crash(Before("Error", 134, Ago(9))).Logged(Finding("node-heap-out-of-memory")), "confirmed: out-of-memory"),
        ["134 with a full heap in a job error"] = ("workers-crash-looping", Crash(Before("Error", 134, Ago(9))).Errors(Error("node-heap-out-of-memory", null)), "confirmed: out-of-memory"),
        ["134 with a heap full 0 times"] = ("workers-crash-looping", Crash(Before("Error", 134, Ago(9))).Errors(Error("node-heap-out-of-memory", 0)), "confirmed: native-crash"),
        ["134 with a heap full long ago"] = ("workers-crash-looping", Crash(Before("Error", 134, Ago(9))).Logged(Finding("node-heap-out-of-memory", 3, Ago(901))), "confirmed: native-crash"),
        ["segmentation fault"] = ("workers-crash-looping", Crashing.Logged(Finding("segmentation-fault")), "confirmed: native-crash"),
        ["uncaught exception"] = ("workers-crash-looping", Crashing.Logged(Finding("uncaught-exception")), "confirmed: uncaught-exception"),
        ["unhandled rejection"] = ("workers-crash-looping", Crashing.Logged(Finding("unhandled-rejection")), "confirmed: uncaught-exception"),
        ["counted 0 times"] = ("workers-crash-looping", Crashing.Logged(Finding("uncaught-exception", 0)), ""),
        ["not counted"] = ("workers-crash-looping", Crashing.Logged(Finding("uncaught-exception", null)), "confirmed: uncaught-exception"),
        ["env in the log though ours is fine"] = ("workers-crash-looping", Crashing.Logged(Finding("env-not-configured")), "confirmed: missing-environment"),
        ["yt-dlp in the log"] = ("workers-crash-looping", Crashing.Logged(Finding("yt-dlp-not-found")), "confirmed: missing-binary"),
        ["yt-dlp missing here"] = ("workers-crash-looping", Crashing.Binary("yt-dlp", BinaryStatus.NotFound), ""),
        ["too many connections in the log"] = ("workers-crash-looping", Crashing.Logged(Finding("database-too-many-connections")), "confirmed: database-connection"),
        ["payload, 4 of 4 dead"] = ("workers-crash-looping", Crashing.Q(q => q with { DeadLetter = 4 }).Kinds(new QueueKind { Kind = "A", DeadLetter = 4 }), ""),
        ["payload, 4 of 5 dead"] = ("workers-crash-looping", Crashing.Q(q => q with { DeadLetter = 5 }).Kinds(new QueueKind { Kind = "A", DeadLetter = 4 }, new QueueKind { Kind = "B", DeadLetter = 1 }), "likely: invalid-payload"),
        ["payload, 79 of 100 dead"] = ("workers-crash-looping", Crashing.Q(q => q with { DeadLetter = 100 }).Kinds(new QueueKind { Kind = "A", DeadLetter = 79 }), ""),
        ["crash causes in order"] = ("workers-crash-looping", Crash(Ended("c", 139, Ago(9), "OOMKilled")).Logged(Finding("database-unreachable"), Finding("ffmpeg-not-found"), Finding("env-not-configured"), Finding("uncaught-exception")), "confirmed: native-crash, uncaught-exception, missing-environment, missing-binary, database-connection; likely: out-of-memory"),

        ["scaled to zero"] = ("no-workers-running", None.Deployed(0), "confirmed: scaled-to-zero"),
        ["one of two scaled to zero"] = ("no-workers-running", None with { Deployments = Section.List(Deployment(0), Deployment(1)) }, ""),
        ["not deployed"] = ("no-workers-running", None with { Deployments = Section.List<DeploymentEvidence>() }, "confirmed: not-deployed"),
        ["image"] = ("no-workers-running", None.Deployed(1, Waiting("a", "ImagePullBackOff", Ago(9))), "confirmed: startup-failure"),
        ["waits without a reason"] = ("no-workers-running", None.Deployed(1, Waiting("a", null)), ""),
        ["crash loop is a crash, no failed start"] = ("no-workers-running", None.Deployed(1, Waiting("a", "CrashLoopBackOff")), "confirmed: all-crashed"),
        ["ended with 1"] = ("no-workers-running", None.Deployed(1, Ended("a", 1, Ago(9))), "confirmed: all-crashed"),
        ["ended with 0"] = ("no-workers-running", None.Deployed(1, Ended("a", 0, Ago(9))), ""),
        ["ended with 143"] = ("no-workers-running", None.Deployed(1, Ended("a", 143, Ago(9))), ""),
        ["ended with an unknown code"] = ("no-workers-running", None.Deployed(1, Ended("a", null, Ago(9))), ""),
        ["ended with 1 long ago"] = ("no-workers-running", None.Deployed(1, Ended("a", 1, Ago(901))), ""),
        ["stale jobs and no crash"] = ("no-workers-running", None.Q(q => q with { StaleRunning = 1 }).Deployed(1), "likely: all-crashed"),
        ["stale jobs and a crash"] = ("no-workers-running", None.Q(q => q with { StaleRunning = 1 }).Deployed(1, Ended("a", 1, Ago(9))), "confirmed: all-crashed"),
        ["database down"] = ("no-workers-running", None.D(d => d with { Status = DatabaseStatus.Refused }), "confirmed: database-connection"),
        ["idle, scaled to zero, other evidence"] = ("no-workers-running", None.Q(q => q with { Runnable = 0, Running = 0, StaleRunning = 1 }).Deployed(0), "confirmed: scaled-to-zero"),

        ["heartbeat function"] = ("workers-stuck", Stuck.D(d => d with { MissingFunctions = ["worker_heartbeat"] }), "confirmed: missing-function"),
        ["other function"] = ("workers-stuck", Stuck.D(d => d with { MissingFunctions = ["worker_finish"] }), ""),
        ["cpu without a loop"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }), "confirmed: resource-exhaustion"),
        ["a loop without cpu"] = ("workers-stuck", Stuck with { Logs = Looping(20, 0.8, null) }, ""),
        ["cpu and a loop of 20 lines"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.8, null) }, "confirmed: infinite-loop, resource-exhaustion"),
        ["cpu and a loop of 19 lines"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(19, 0.8, null) }, "confirmed: resource-exhaustion"),
        ["cpu and a share of 0.79"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.79, null) }, "confirmed: resource-exhaustion"),
        ["cpu and polling"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.8, "polling") }, "confirmed: resource-exhaustion"),
        ["cpu and heartbeats"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.8, "heartbeat-sent") }, "confirmed: resource-exhaustion"),
        ["cpu and claims"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.8, "job-claimed") }, "confirmed: resource-exhaustion"),
        ["cpu and completions"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.8, "job-completed") }, "confirmed: resource-exhaustion"),
        ["cpu and a repeated error"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { CpuPercent = 95 }) with { Logs = Looping(20, 0.8, "database-unreachable") }, "confirmed: infinite-loop, resource-exhaustion"),
        ["io wait"] = ("workers-stuck", Stuck.Using(new ResourceEvidence { IoWaitPercent = 20 }), "confirmed: resource-exhaustion"),
        ["partition by refusal"] = ("workers-stuck", Stuck.D(d => d with { Status = DatabaseStatus.Refused }), "confirmed: network-partition"),
        ["no partition by permission"] = ("workers-stuck", Stuck.D(d => d with { Status = DatabaseStatus.PermissionDenied }), ""),
        ["partition by ETIMEDOUT"] = ("workers-stuck", Stuck.Logged(Finding("network-timeout")), "confirmed: network-partition"),
        ["partition by ENOTFOUND"] = ("workers-stuck", Stuck.Logged(Finding("host-not-found")), "confirmed: network-partition"),
        ["silent for 600 s"] = ("workers-stuck", Stuck with { Logs = Section.List(Log() with { LastLineAt = Ago(600) }) }, ""),
        ["silent for 600.001 s"] = ("workers-stuck", Stuck with { Logs = Section.List(Log() with { LastLineAt = Ago(600.001) }) }, "confirmed: hung-process"),
        ["silent, nothing deployed"] = ("workers-stuck", (Stuck with { Deployments = default, Logs = Section.List(Log() with { LastLineAt = Ago(700) }) }), ""),

        ["claim function"] = ("workers-not-claiming", NotClaiming.Logged().D(d => d with { MissingFunctions = ["worker_claim_next_job"] }), "confirmed: missing-function"),
        ["claim query"] = ("workers-not-claiming", NotClaiming.Logged(), "likely: claim-query-empty"),
        ["claim query, logs unknown"] = ("workers-not-claiming", NotClaiming, ""),
        ["claim query, database unknown"] = ("workers-not-claiming", NotClaiming.Logged() with { Database = default }, ""),
        ["claim query, database down"] = ("workers-not-claiming", NotClaiming.Logged().D(d => d with { Status = DatabaseStatus.Error }), "confirmed: database-connection"),
        ["loop"] = ("workers-not-claiming", NotClaiming with { Logs = Looping(20, 0.8, null) }, "confirmed: infinite-loop"),
        ["database authentication"] = ("workers-not-claiming", NotClaiming.Logged(Finding("database-authentication")), "confirmed: database-connection"),

        ["failing by credentials"] = ("jobs-failing", Failing.Errors(Error("credentials-expired")), "likely: credentials-expired"),
        ["failing by a missing file in the log"] = ("jobs-failing", Failing.Logged(Finding("source-file-missing")), "likely: source-file-missing"),
        ["failing by ffmpeg timeouts long ago"] = ("jobs-failing", Failing.Errors(Error("ffmpeg-timeout", 9, Ago(901))), ""),
        ["failing without ffmpeg"] = ("jobs-failing", Failing.Binary("ffmpeg", BinaryStatus.NotFound), "confirmed: missing-binary"),

        ["all three resources"] = ("resources-exhausted", Healthy.Using(new ResourceEvidence { CpuPercent = 99, IoWaitPercent = 99, MemoryBytes = 9, MemoryLimitBytes = 9 }), "confirmed: memory, cpu, io-wait"),

        ["dead by half"] = ("dead-letter-spike", Dead.Errors(Error("credentials-expired", 5), Error(null, 5)), ""),
        ["dead by more than half"] = ("dead-letter-spike", Dead.Errors(Error("source-file-missing", 6), Error(null, 5)), "confirmed: source-file-missing"),
        ["dead by old errors"] = ("dead-letter-spike", Dead.Errors(Error("stuck-job-recovery", 6, Ago(99999))), "confirmed: stuck-job-recovery"),
        ["dead by one pattern in two groups"] = ("dead-letter-spike", Dead.Errors(Error("ffmpeg-timeout", 3), Error("ffmpeg-timeout", 3), Error(null, 5)), "confirmed: ffmpeg-timeout"),
        ["dead by another pattern"] = ("dead-letter-spike", Dead.Errors(Error("database-unreachable", 30)), ""),
        ["dead by uncounted errors"] = ("dead-letter-spike", Dead.Errors(Error("ffmpeg-timeout", null)), ""),
        ["dead without ffmpeg"] = ("dead-letter-spike", Dead.Binary("ffmpeg", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "TRANSCRIBE", DeadLetter = 8 }, new QueueKind { Kind = "CLIP_RENDER", DeadLetter = 4 }, new QueueKind { Kind = "THUMBNAIL_GEN", DeadLetter = 4 }), "confirmed: missing-binary"),
        ["dead without ffmpeg, half"] = ("dead-letter-spike", Dead.Binary("ffmpeg", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "TRANSCRIBE", DeadLetter = 15 }), ""),
        ["dead without yt-dlp"] = ("dead-letter-spike", Dead.Binary("yt-dlp", BinaryStatus.NotFound).Kinds(new QueueKind { Kind = "YOUTUBE_DOWNLOAD", DeadLetter = 16 }), "confirmed: missing-binary"),

        ["capacity by claims"] = ("queue-backlog", Backlog, "likely: insufficient-capacity"),
        ["capacity by completions"] = ("queue-backlog", Backlog.Q(q => q with { ClaimedLast5Minutes = null, CompletedLast5Minutes = 1 }), "likely: insufficient-capacity"),
        ["capacity, nothing claimed or completed"] = ("queue-backlog", Backlog.Q(q => q with { ClaimedLast5Minutes = 0, CompletedLast5Minutes = 0 }), ""),
        ["capacity, one observable and 0"] = ("queue-backlog", Backlog.Q(q => q with { ClaimedLast5Minutes = null, CompletedLast5Minutes = 0 }), ""),
        ["capacity by running, all busy"] = ("queue-backlog", Backlog.Q(q => q with { ClaimedLast5Minutes = null, CompletedLast5Minutes = null, Running = 2 }), "likely: insufficient-capacity"),
        ["capacity by running, one free"] = ("queue-backlog", Backlog.Q(q => q with { ClaimedLast5Minutes = null, CompletedLast5Minutes = null, Running = 1 }), ""),
        ["capacity, no fresh workers"] = ("queue-backlog", Backlog.W(w => w with { LastHeartbeatAt = null }), ""),
        ["capacity, not claiming"] = ("queue-backlog", Backlog.Q(q => q with { Running = 0, OldestRunnableAgeSeconds = 301, ClaimedLast5Minutes = 1 }), ""),

        ["below desired by an image"] = ("workers-below-desired", Healthy.Deployed(2, Running("a"), Waiting("b", "ErrImagePull", Ago(9))), "confirmed: startup-failure"),
        ["below desired by a crash"] = ("workers-below-desired", Healthy.Deployed(2, Running("a"), Ended("b", 1, Ago(9))), "confirmed: instance-crashed"),
        ["below desired by a long creation"] = ("workers-below-desired", Healthy.Deployed(2, Running("a"), Waiting("b", "ContainerCreating", Ago(301))), "confirmed: startup-failure"),
        ["heartbeat late"] = ("heartbeat-late", Healthy.W(w => w with { LastHeartbeatAt = Ago(400) }), ""),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Classify_Evidence_GivesTheSureCauses(string name) => Rows[name].Snapshot.SureCauses(Rows[name].Code).Should().Be(Rows[name].Expected);

    [Fact]
    public void Classify_NothingElseKnown_ListsTheRunbooksCausesAsPossible() => None.AllCauses("no-workers-running")
        .Should().Be("scaled-to-zero, not-deployed, startup-failure, missing-environment, missing-binary, database-connection, all-crashed");

    [Fact]
    public void Classify_EvidenceRulesThemOut_LeavesCausesOut() => (Whole with { Workers = default }).Deployed(1).Logged().AllCauses("no-workers-running").Should().Be("");

    [Fact]
    public void Classify_Causes_HaveEvidenceUnlessOnlyPossible()
    {
        foreach (var cause in Rows.Values.SelectMany(r => r.Snapshot.Classify().Diagnoses).SelectMany(d => d.Causes))
        {
            (cause.Evidence.Count == 0).Should().Be(cause.Confidence == Confidence.Possible, cause.Code);
        }
    }

    private static DiagnosticSnapshot With(DatabaseStatus status) => Healthy.D(d => d with { Status = status });

    private static DiagnosticSnapshot Crash(InstanceEvidence instance) => Whole with { Deployments = Section.List(Deployment(2, Running("a"), Running("b"), instance) with { RestartsLast5Minutes = 9 }) };

    private static InstanceEvidence Before(string reason, int? code, DateTimeOffset? at) => Running("c") with { LastTerminationReason = reason, LastExitCode = code, LastTerminatedAt = at };

    private static Section<IReadOnlyList<LogEvidence>> Looping(long lines, double share, string? pattern) => Section.List(Log() with { Lines = lines, DominantLineShare = share, DominantPattern = pattern });
}
