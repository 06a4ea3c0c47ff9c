namespace Cliply.Diagnostics.Evidence;

/// <summary>One worker deployment.</summary>
public sealed record DeploymentEvidence
{
    /// <summary>What runs it.</summary>
    public required DeploymentPlatform Platform { get; init; }

    /// <summary>Its name on the platform.</summary>
    public required string Name { get; init; }

    /// <summary>How many instances it should have; null: not observable.</summary>
    public long? DesiredReplicas { get; init; }

    /// <summary>How many are ready; null: not observable.</summary>
    public long? ReadyReplicas { get; init; }

    /// <summary>Restarts of its instances within 5 minutes; null: not observable.</summary>
    public long? RestartsLast5Minutes { get; init; }

    /// <summary>Its instances, where the platform lists them.</summary>
    public IReadOnlyList<InstanceEvidence>? Instances { get; init; }
}
