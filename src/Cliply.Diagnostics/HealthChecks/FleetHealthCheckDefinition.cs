using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.HealthChecks;

/// <summary>Which diagnoses a health check speaks for, what it must know, and which numbers it shows.</summary>
/// <param name="Name">The check's name.</param>
/// <param name="Subject">What it is about, for sentences.</param>
/// <param name="Speaks">Whether it speaks for a diagnosis.</param>
/// <param name="Needs">The sections without which it can't say healthy.</param>
/// <param name="Fine">What it says when nothing is wrong.</param>
/// <param name="Data">The numbers; names of hosts, workers and paths are left out.</param>
/// <param name="Unseen">What a section that is known does not tell, so that healthy can't be said either; null: nothing.</param>
internal sealed record FleetHealthCheckDefinition(
    string Name,
    string Subject,
    Func<string, bool> Speaks,
    IReadOnlyList<SnapshotSection> Needs,
    Func<DiagnosticSnapshot, string> Fine,
    Func<FleetReading, IEnumerable<(string Key, object? Value)>> Data,
    Func<DiagnosticSnapshot, string?>? Unseen = null)
{
    public static IReadOnlyList<FleetHealthCheckDefinition> All { get; } =
    [
        new("cliply-ffmpeg", "ffmpeg", code => code == DiagnosisCodes.FfmpegUnavailable, [SnapshotSection.Binaries], static _ => "ffmpeg is available.", static reading => Binary(reading, "ffmpeg")),
        new("cliply-yt-dlp", "yt-dlp", code => code == DiagnosisCodes.YtDlpUnavailable, [SnapshotSection.Binaries], static _ => "yt-dlp is available.", static reading => Binary(reading, "yt-dlp")),
        new("cliply-database", "the database", code => code is DiagnosisCodes.DatabaseUnavailable or DiagnosisCodes.JobStoreDrift or DiagnosisCodes.JobStoreUnindexed, [SnapshotSection.Database], static _ => "The job store can be read.", Database),
        new("cliply-heartbeat", "the workers", code => code is DiagnosisCodes.NoWorkersRunning or DiagnosisCodes.WorkersStuck or DiagnosisCodes.HeartbeatLate or DiagnosisCodes.ClockSkew, [SnapshotSection.Workers], Heartbeat, Workers, WithoutHeartbeat),
        new("cliply-queue-backlog", "the queue", code => code is DiagnosisCodes.QueueBacklog or DiagnosisCodes.WorkersNotClaiming, [SnapshotSection.Queue], static _ => "No backlog.", Queue),
        new("cliply-environment", "the environment", code => code == DiagnosisCodes.EnvironmentIncomplete, [SnapshotSection.Environment], static _ => "All required variables are set.", Environment),
        new("cliply-diagnosis", "the fleet", static _ => true, [SnapshotSection.Workers, SnapshotSection.Queue], static _ => "No problem found.", Report),
    ];

    /// <summary>Whether it looks at nothing but this host itself.</summary>
    public bool IsLocal => Needs.All(s => s is SnapshotSection.Binaries or SnapshotSection.Environment);

    private static string Heartbeat(DiagnosticSnapshot snapshot) =>
        snapshot.Workers.Value is { LivenessSource: LivenessSource.JobLocks, Active: 0 }
            ? "No job is running; workers show only while they hold one."
            : "The workers' heartbeats are fresh.";

    private static string? WithoutHeartbeat(DiagnosticSnapshot snapshot) =>
        snapshot.Workers.Value is { Active: > 0, LastHeartbeatAt: null } ? "the workers' heartbeats (the job store shows none)" : null;

    private static IEnumerable<(string, object?)> Binary(FleetReading reading, string name)
    {
        var binary = reading.Snapshot.Binaries.Value?.FirstOrDefault(b => b.Name == name);
        yield return ("status", binary is null ? null : Camel(binary.Status));
        yield return ("version", binary?.Version);
    }

    private static IEnumerable<(string, object?)> Database(FleetReading reading)
    {
        var database = reading.Snapshot.Database.Value;
        yield return ("status", database is null ? null : Camel(database.Status));
        yield return ("latencyMilliseconds", database?.LatencyMilliseconds);
        yield return ("sqlState", database?.SqlState);
        yield return ("missingFunctions", database?.MissingFunctions?.Count);
        yield return ("missingIndexes", database?.MissingIndexes?.Count);
    }

    private static IEnumerable<(string, object?)> Workers(FleetReading reading)
    {
        var workers = reading.Snapshot.Workers.Value;
        yield return ("active", workers?.Active);
        yield return ("stale", workers?.Stale);
        yield return ("lastHeartbeatAgeSeconds", workers?.LastHeartbeatAt is { } last ? Math.Max(0, (reading.Snapshot.CapturedAt - last).TotalSeconds) : null);
        yield return ("livenessSource", workers is null ? null : Camel(workers.LivenessSource));
    }

    private static IEnumerable<(string, object?)> Queue(FleetReading reading)
    {
        var queue = reading.Snapshot.Queue.Value;
        yield return ("runnable", queue?.Runnable);
        yield return ("scheduled", queue?.Scheduled);
        yield return ("running", queue?.Running);
        yield return ("failed", queue?.Failed);
        yield return ("deadLetter", queue?.DeadLetter);
        yield return ("oldestRunnableAgeSeconds", queue?.OldestRunnableAgeSeconds);
        yield return ("lowerBounds", queue?.LowerBounds is { Count: > 0 } bounds ? string.Join(", ", bounds) : null);
    }

    private static IEnumerable<(string, object?)> Environment(FleetReading reading)
    {
        var environment = reading.Snapshot.Environment.Value;
        yield return ("missingRequired", environment?.MissingRequired?.Count);
        yield return ("missingRecommended", environment?.MissingRecommended?.Count);
        yield return ("invalid", environment?.Invalid?.Count);
    }

    private static IEnumerable<(string, object?)> Report(FleetReading reading)
    {
        yield return ("status", Camel(reading.Report.Status));
        yield return ("diagnoses", string.Join(", ", reading.Report.Diagnoses.Select(d => d.Code)));
        yield return ("unknown", string.Join(", ", reading.Report.Unknowns.Select(u => u.Section)));
        yield return ("escalate", reading.Report.Escalation.Recommended);
        foreach (var collector in reading.Collectors)
        {
            yield return ($"{collector.Name}Milliseconds", collector.Duration.TotalMilliseconds);
        }
    }

    private static string Camel<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
