using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Docker;

/// <summary>What the containers show.</summary>
/// <param name="Deployments">The deployments that they make up.</param>
/// <param name="WithLogs">Those whose logs tell something, the most telling first.</param>
internal sealed record ContainerReading(IReadOnlyList<DeploymentEvidence> Deployments, IReadOnlyList<WorkerContainer> WithLogs);
