namespace Cliply.Diagnostics.Evidence;

/// <summary>A program that jobs call, as found on this host.</summary>
public sealed record BinaryEvidence
{
    /// <summary>The name it is called by, such as ffmpeg.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it can be used.</summary>
    public required BinaryStatus Status { get; init; }

    /// <summary>The version that it reports; null when it could not be run or did not say.</summary>
    public string? Version { get; init; }

    /// <summary>The absolute path that PATH leads to.</summary>
    public string? Path { get; init; }

    /// <summary>Where it was found although PATH does not lead there.</summary>
    public string? FoundOutsidePath { get; init; }
}
