namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>What a worker announces with one beat.</summary>
internal sealed record WorkerBeat
{
    public required string Id { get; init; }

    public required string Host { get; init; }

    public required int ProcessId { get; init; }

    public string? Version { get; init; }

    /// <summary>Null: the host does not tell.</summary>
    public int? RunningJobs { get; init; }

    public required string[] Kinds { get; init; }
}
