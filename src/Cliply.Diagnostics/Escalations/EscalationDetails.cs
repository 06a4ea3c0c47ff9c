namespace Cliply.Diagnostics.Escalations;

/// <summary>What one source handed over.</summary>
internal sealed record EscalationDetails
{
    /// <summary>The ends of the workers' logs; of one worker, the run before the present one stands behind it.</summary>
    public required IReadOnlyList<WorkerLog> Logs { get; init; }

    /// <summary>How the workers are deployed; no name is there twice.</summary>
    public required IReadOnlyList<DeploymentFile> Files { get; init; }

    /// <summary>Which image or program, and which version, each worker runs.</summary>
    public required IReadOnlyList<WorkerVersion> Workers { get; init; }

    /// <summary>What was rolled out; of one deployment the newest first, <see cref="EscalationRequest.MaxRollouts"/> at most.</summary>
    public required IReadOnlyList<Rollout> Rollouts { get; init; }

    /// <summary>What should be here and is not, and why.</summary>
    public required IReadOnlyList<MissingDetail> Missing { get; init; }
}
