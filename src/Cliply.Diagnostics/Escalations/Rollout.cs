namespace Cliply.Diagnostics.Escalations;

/// <summary>One version of a deployment.</summary>
/// <param name="Deployment">What was rolled out.</param>
/// <param name="Revision">The platform's number or name of it; null: it keeps none.</param>
/// <param name="At">When this version was first made. On Kubernetes a rollback to it gives it a new revision, and keeps the time.</param>
/// <param name="Images">Its images.</param>
internal sealed record Rollout(string Deployment, string? Revision, DateTimeOffset? At, IReadOnlyList<string> Images);
