using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Runbook;

/// <summary>
/// Small made-up snapshots from which scenarios write pages that hold for any fleet. Instances run as plain processes, so
/// that the commands for Docker, Kubernetes and systemd have the runbook's own names in them.
/// </summary>
internal static class ExampleFleet
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <summary>Two workers that announce themselves, an empty queue, a database that answers; nothing else is known.</summary>
    public static DiagnosticSnapshot Idle { get; } = new()
    {
        SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
        CapturedAt = Now,
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 0, LastHeartbeatAt = Now },
        Queue = new QueueEvidence { Runnable = 0, Running = 0, DeadLetter = 0, ClaimedLast5Minutes = 0 },
        Database = new DatabaseEvidence { Status = DatabaseStatus.Ok },
    };

    /// <summary>A time that is just out of a limit.</summary>
    public static DateTimeOffset LongerAgoThan(TimeSpan limit) => Now - limit - Moment;

    public static DateTimeOffset Ago(TimeSpan age) => Now - age;

    public static DateTimeOffset FurtherAheadThan(TimeSpan limit) => Now + limit + Moment;

    /// <summary>The least whole seconds that are more than a limit.</summary>
    public static long SecondsOver(TimeSpan limit) => (long)limit.TotalSeconds + 1;

    public static DiagnosticSnapshot Workers(this DiagnosticSnapshot snapshot, Func<WorkersEvidence, WorkersEvidence> change) => snapshot with { Workers = change(snapshot.Workers.Value!) };

    public static DiagnosticSnapshot Queue(this DiagnosticSnapshot snapshot, Func<QueueEvidence, QueueEvidence> change) => snapshot with { Queue = change(snapshot.Queue.Value!) };

    public static DiagnosticSnapshot Database(this DiagnosticSnapshot snapshot, DatabaseStatus status) => snapshot with { Database = new DatabaseEvidence { Status = status } };

    public static DiagnosticSnapshot MissingFunction(this DiagnosticSnapshot snapshot, string function) =>
        snapshot with { Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, MissingFunctions = [function] } };

    public static DiagnosticSnapshot Binary(this DiagnosticSnapshot snapshot, string name, BinaryStatus status, string? foundOutsidePath = null) =>
        snapshot with { Binaries = Section.List(new BinaryEvidence { Name = name, Status = status, FoundOutsidePath = foundOutsidePath }) };

    public static DiagnosticSnapshot MissingVariable(this DiagnosticSnapshot snapshot) =>
        snapshot with { Environment = new EnvironmentEvidence { MissingRequired = ["SUPABASE_URL"] } };

    public static DiagnosticSnapshot Deployed(this DiagnosticSnapshot snapshot, long desired, params InstanceEvidence[] instances) =>
        snapshot.Deployed(desired, 0, instances);

    public static DiagnosticSnapshot Deployed(this DiagnosticSnapshot snapshot, long desired, long restarts, params InstanceEvidence[] instances) => snapshot with
    {
        Deployments = Section.List(new DeploymentEvidence { Platform = DeploymentPlatform.Process, Name = "worker", DesiredReplicas = desired, RestartsLast5Minutes = restarts, Instances = instances }),
    };

    public static InstanceEvidence Running(string id) => new() { Id = id, State = InstanceState.Running, StartedAt = Now };

    public static InstanceEvidence Waiting(string id, string reason) => new() { Id = id, State = InstanceState.Waiting, Reason = reason };

    public static InstanceEvidence Ended(string id, string reason, int exitCode) => new() { Id = id, State = InstanceState.Terminated, Reason = reason, ExitCode = exitCode, LastTerminatedAt = Now };

    public static DiagnosticSnapshot Using(this DiagnosticSnapshot snapshot, ResourceEvidence resource) => snapshot with { Resources = Section.List(resource) };

    /// <summary>The workers' log as it is.</summary>
    public static DiagnosticSnapshot Log(this DiagnosticSnapshot snapshot, Func<LogEvidence, LogEvidence>? change = null)
    {
        var log = new LogEvidence { Source = "worker", Lines = 100, LastLineAt = Now, DominantLineShare = 0 };
        return snapshot with { Logs = Section.List(change is null ? log : change(log)) };
    }

    /// <summary>The workers' log with a line of that pattern.</summary>
    public static DiagnosticSnapshot Logged(this DiagnosticSnapshot snapshot, string pattern) =>
        snapshot.Log(log => log with { Findings = [new LogFinding { Pattern = pattern, Count = 1, LastAt = Now }] });

    public static DiagnosticSnapshot Looping(this DiagnosticSnapshot snapshot) => snapshot.Log(log => log with { DominantLineShare = 1 });

    public static QueueEvidence WithErrors(this QueueEvidence queue, string pattern) => queue with { Errors = [new QueueError { Pattern = pattern, Count = queue.DeadLetter, LastAt = Now }] };
}
