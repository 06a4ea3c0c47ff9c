namespace Cliply.Diagnostics.Escalations;

/// <summary>What one worker runs. Null is what its platform does not tell.</summary>
/// <param name="Name">The worker's name on its platform.</param>
internal sealed record WorkerVersion(string Name)
{
    /// <summary>The image by its name and tag; of a plain program, the path of its file.</summary>
    public string? Image { get; init; }

    /// <summary>The image's digest, or else its id: what the tag stood for when the worker started.</summary>
    public string? Digest { get; init; }

    /// <summary>The version by the worker's label, or else by the image's tag.</summary>
    public string? Version { get; init; }

    /// <summary>When the present run started, or the last one where none is present.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How often the platform has restarted it.</summary>
    public long? Restarts { get; init; }
}
