using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Collection;

/// <summary>What one collector measured; sections that it does not fill keep their default.</summary>
public sealed record CollectedEvidence
{
    /// <summary>The time by the clock that the ages were computed with; null: the host's clock serves.</summary>
    public DateTimeOffset? CapturedAt { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Workers"/>
    public Section<WorkersEvidence> Workers { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Queue"/>
    public Section<QueueEvidence> Queue { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Binaries"/>
    public Section<IReadOnlyList<BinaryEvidence>> Binaries { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Database"/>
    public Section<DatabaseEvidence> Database { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Environment"/>
    public Section<EnvironmentEvidence> Environment { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Deployments"/>
    public Section<IReadOnlyList<DeploymentEvidence>> Deployments { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Resources"/>
    public Section<IReadOnlyList<ResourceEvidence>> Resources { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.Logs"/>
    public Section<IReadOnlyList<LogEvidence>> Logs { get; init; }

    /// <inheritdoc cref="DiagnosticSnapshot.History"/>
    public Section<IReadOnlyList<HistoryPoint>> History { get; init; }

    /// <summary>What the collector has not looked at itself.</summary>
    internal SecondHandEvidence? SecondHand { get; init; }
}
