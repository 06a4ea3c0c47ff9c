namespace Cliply.Diagnostics.Evidence;

/// <summary>The environment variables that a worker needs: names, never values.</summary>
public sealed record EnvironmentEvidence
{
    /// <summary>Required variables that are not set or blank.</summary>
    public IReadOnlyList<string>? MissingRequired { get; init; }

    /// <summary>Recommended variables that are not set or blank.</summary>
    public IReadOnlyList<string>? MissingRecommended { get; init; }

    /// <summary>Variables that are set to something that can't work.</summary>
    public IReadOnlyList<InvalidVariable>? Invalid { get; init; }
}
