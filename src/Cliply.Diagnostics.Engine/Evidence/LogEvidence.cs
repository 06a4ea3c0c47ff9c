namespace Cliply.Diagnostics.Evidence;

/// <summary>What one log shows. Null means: not observable.</summary>
public sealed record LogEvidence
{
    /// <summary>Where it was read, such as <c>kubernetes:worker-7d9f</c>.</summary>
    public required string Source { get; init; }

    /// <summary>How many lines were read.</summary>
    public long? Lines { get; init; }

    /// <summary>The time of the last line.</summary>
    public DateTimeOffset? LastLineAt { get; init; }

    /// <summary>The share of the most repeated line, 0 to 1, after numbers, ids and times are masked.</summary>
    public double? DominantLineShare { get; init; }

    /// <summary>The pattern of the most repeated line; null: none.</summary>
    public string? DominantPattern { get; init; }

    /// <summary>The patterns that were found.</summary>
    public IReadOnlyList<LogFinding>? Findings { get; init; }
}
