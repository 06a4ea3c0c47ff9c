using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Evidence;

/// <summary>
/// Everything that was measured at one moment: the input of <see cref="Classification.DiagnosisClassifier"/>.
/// Sections that were not collected keep their default.
/// </summary>
public sealed record DiagnosticSnapshot
{
    /// <summary>The version of the contract that this library reads and writes.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The version of the contract.</summary>
    public required int SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>The clock that ages are computed against: the database's where there is one.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>The workers that can be seen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<WorkersEvidence> Workers { get; init; }

    /// <summary>The job queue in numbers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<QueueEvidence> Queue { get; init; }

    /// <summary>The programs that jobs call.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<IReadOnlyList<BinaryEvidence>> Binaries { get; init; }

    /// <summary>The database that holds the queue.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<DatabaseEvidence> Database { get; init; }

    /// <summary>The environment variables that a worker needs; names only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<EnvironmentEvidence> Environment { get; init; }

    /// <summary>Worker deployments; an empty list means: looked, and nothing is deployed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<IReadOnlyList<DeploymentEvidence>> Deployments { get; init; }

    /// <summary>What worker instances use of their limits.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<IReadOnlyList<ResourceEvidence>> Resources { get; init; }

    /// <summary>What the workers' logs show.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<IReadOnlyList<LogEvidence>> Logs { get; init; }

    /// <summary>Earlier readings, oldest first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Section<IReadOnlyList<HistoryPoint>> History { get; init; }
}
