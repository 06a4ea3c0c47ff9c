using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Tests;

/// <summary>Snapshots for tests, and what is found in them in a line.</summary>
internal static class Snapshots
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two workers, a small queue, everything else that this host can see is fine; no deployments, resources, logs or history.</summary>
    public static DiagnosticSnapshot Healthy { get; } = new()
    {
        SchemaVersion = 1,
        CapturedAt = Now,
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 0, LastHeartbeatAt = Ago(4) },
        Queue = new QueueEvidence
        {
            Runnable = 3,
            Scheduled = 0,
            Running = 2,
            Failed = 0,
            DeadLetter = 0,
            OldestRunnableAgeSeconds = 20,
            StaleRunning = 0,
            ClaimedLast5Minutes = 9,
            CompletedLast5Minutes = 8,
            FailedLast5Minutes = 0,
            DeadLetteredLastHour = 0,
        },
        Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.Available }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.Available }),
        Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, MissingFunctions = [], MissingIndexes = [] },
        Environment = new EnvironmentEvidence { MissingRequired = [], MissingRecommended = [], Invalid = [] },
    };

    /// <summary>The same, with every section known.</summary>
    public static DiagnosticSnapshot Whole { get; } = Healthy with
    {
        Deployments = Section.List(Deployment(2, Running("worker-0"), Running("worker-1"))),
        Resources = Section.List(new ResourceEvidence { Instance = "worker-0", CpuPercent = 20, MemoryBytes = 300, MemoryLimitBytes = 1000, IoWaitPercent = 1 }),
        Logs = Section.List(Log()),
        History = Section.List<HistoryPoint>(),
    };

    /// <summary>Jobs wait past the grace while two workers are free.</summary>
    public static DiagnosticSnapshot NotClaiming { get; } = Healthy.Q(q => q with { Runnable = 10, Running = 0, OldestRunnableAgeSeconds = 301, ClaimedLast5Minutes = 0 });

    /// <summary>The newest heartbeat is stale.</summary>
    public static DiagnosticSnapshot Stuck { get; } = Whole.W(w => w with { LastHeartbeatAt = Ago(601) });

    public static DateTimeOffset Ago(double seconds) => Now.AddSeconds(-seconds);

    public static DiagnosticSnapshot Q(this DiagnosticSnapshot snapshot, Func<QueueEvidence, QueueEvidence> change) => snapshot with { Queue = change(snapshot.Queue.Value!) };

    public static DiagnosticSnapshot W(this DiagnosticSnapshot snapshot, Func<WorkersEvidence, WorkersEvidence> change) => snapshot with { Workers = change(snapshot.Workers.Value!) };

    public static DiagnosticSnapshot D(this DiagnosticSnapshot snapshot, Func<DatabaseEvidence, DatabaseEvidence> change) => snapshot with { Database = change(snapshot.Database.Value!) };

    public static DiagnosticSnapshot Kinds(this DiagnosticSnapshot snapshot, params QueueKind[] kinds) => snapshot.Q(q => q with { Kinds = kinds });

    public static DiagnosticSnapshot Errors(this DiagnosticSnapshot snapshot, params QueueError[] errors) => snapshot.Q(q => q with { Errors = errors });

    public static DiagnosticSnapshot Deployed(this DiagnosticSnapshot snapshot, long? desired, params InstanceEvidence[] instances) => snapshot with { Deployments = Section.List(Deployment(desired, instances)) };

    public static DiagnosticSnapshot Logged(this DiagnosticSnapshot snapshot, params LogFinding[] findings) => snapshot with { Logs = Section.List(Log() with { Findings = findings }) };

    public static DiagnosticSnapshot Using(this DiagnosticSnapshot snapshot, ResourceEvidence resource) => snapshot with { Resources = Section.List(resource) };

    public static DiagnosticSnapshot Binary(this DiagnosticSnapshot snapshot, string name, BinaryStatus status, string? outside = null) => snapshot with { Binaries = Section.List(new BinaryEvidence { Name = name, Status = status, FoundOutsidePath = outside }) };

    public static DiagnosticSnapshot Counted(this DiagnosticSnapshot snapshot, params (double SecondsAgo, long? Workers)[] points) =>
        snapshot with { History = Section.List<HistoryPoint>([.. points.Select(p => new HistoryPoint { At = Ago(p.SecondsAgo), ActiveWorkers = p.Workers })]) };

    public static DeploymentEvidence Deployment(long? desired, params InstanceEvidence[] instances) => new() { Platform = DeploymentPlatform.Kubernetes, Name = "worker", DesiredReplicas = desired, RestartsLast5Minutes = 0, Instances = instances };

    public static InstanceEvidence Running(string id) => new() { Id = id, State = InstanceState.Running, StartedAt = Ago(3600) };

    public static InstanceEvidence Waiting(string id, string? reason, DateTimeOffset? startedAt = null) => new() { Id = id, State = InstanceState.Waiting, Reason = reason, StartedAt = startedAt };

    public static InstanceEvidence Ended(string id, int? exitCode, DateTimeOffset? at, string? reason = "Error") => new() { Id = id, State = InstanceState.Terminated, Reason = reason, ExitCode = exitCode, LastTerminatedAt = at };

    public static LogEvidence Log() => new() { Source = "kubernetes:worker-0", Lines = 100, LastLineAt = Ago(3), DominantLineShare = 0.1, Findings = [] };

    public static LogFinding Finding(string pattern, long? count = 3, DateTimeOffset? at = null) => new() { Pattern = pattern, Count = count, LastAt = at ?? Ago(10) };

    public static QueueError Error(string? pattern, long? count = 3, DateTimeOffset? at = null) => new() { Pattern = pattern, Count = count, LastAt = at ?? Ago(10) };

    public static DiagnosticReport Classify(this DiagnosticSnapshot snapshot, DiagnosisThresholds? thresholds = null) => new DiagnosisClassifier(thresholds).Classify(snapshot);

    /// <summary>"critical confirmed", or "none".</summary>
    public static string Find(this DiagnosticSnapshot snapshot, string code, DiagnosisThresholds? thresholds = null) =>
        snapshot.Classify(thresholds).Diagnoses.SingleOrDefault(d => d.Code == code) is { } found ? $"{ReportWords.Of(found.Severity)} {ReportWords.Of(found.Confidence)}" : "none";

    /// <summary>"confirmed: a, b; likely: c", in the report's order.</summary>
    public static string SureCauses(this DiagnosticSnapshot snapshot, string code)
    {
        var causes = snapshot.Classify().Diagnoses.Single(d => d.Code == code).Causes.Where(c => c.Confidence != Confidence.Possible);
        return string.Join("; ", causes.GroupBy(c => c.Confidence).Select(g => $"{ReportWords.Of(g.Key)}: {string.Join(", ", g.Select(c => c.Code))}"));
    }

    /// <summary>All causes in the report's order.</summary>
    public static string AllCauses(this DiagnosticSnapshot snapshot, string code) =>
        string.Join(", ", snapshot.Classify().Diagnoses.Single(d => d.Code == code).Causes.Select(c => c.Code));

    /// <summary>Codes of what explains the diagnosis.</summary>
    public static string SymptomOf(this DiagnosticSnapshot snapshot, string code) =>
        string.Join(", ", snapshot.Classify().Diagnoses.Single(d => d.Code == code).SymptomOf);
}
