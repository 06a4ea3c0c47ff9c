namespace Cliply.Diagnostics.Evidence;

/// <summary>An index without which reading the queue costs a scan.</summary>
public sealed record MissingIndex
{
    /// <summary>What it would serve, such as "running jobs".</summary>
    public string? Purpose { get; init; }

    /// <summary>The exact statement that creates it.</summary>
    public string? Sql { get; init; }
}
