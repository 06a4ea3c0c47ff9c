namespace Cliply.Diagnostics.Collection;

/// <summary>How one collector did in one collection.</summary>
/// <param name="Name">The collector's name.</param>
/// <param name="Duration">How long it took, or how long it was waited for.</param>
/// <param name="Failure">Null when all its sections are known, not configured or, for resources, not supported; otherwise the code of the first that is unavailable.</param>
public sealed record CollectorRun(string Name, TimeSpan Duration, string? Failure);
