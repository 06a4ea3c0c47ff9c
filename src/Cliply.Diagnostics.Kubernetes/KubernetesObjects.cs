using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Kubernetes;

// Only what is looked at. The library's own models read every field of a pod, and a list of thousands does not fit the
// deadline then; they also block a thread on the network while they do.

internal sealed record ApiList<T>(string? Kind, ListMetadata? Metadata, IReadOnlyList<T?>? Items);

internal sealed record ListMetadata(string? Continue);

internal sealed record ObjectMetadata(
    string? Name,
    string? Uid,
    DateTimeOffset? CreationTimestamp,
    DateTimeOffset? DeletionTimestamp,
    Dictionary<string, string>? Labels,
    Dictionary<string, string>? Annotations,
    IReadOnlyList<OwnerReference?>? OwnerReferences);

internal sealed record OwnerReference(string? Kind, string? Name, bool? Controller);

internal sealed record Pod(ObjectMetadata? Metadata, PodSpec? Spec, PodStatus? Status);

internal sealed record PodSpec(IReadOnlyList<PodContainer?>? Containers);

internal sealed record PodContainer(string? Name, string? Image, ContainerResources? Resources);

internal sealed record ContainerResources(ResourceAmounts? Limits);

internal sealed record ResourceAmounts(string? Cpu, string? Memory);

internal sealed record PodStatus(
    string? Phase,
    string? Reason,
    DateTimeOffset? StartTime,
    IReadOnlyList<ObjectCondition?>? Conditions,
    IReadOnlyList<ContainerStatus?>? InitContainerStatuses,
    IReadOnlyList<ContainerStatus?>? ContainerStatuses);

internal sealed record ObjectCondition(string? Type, string? Status, string? Reason, DateTimeOffset? LastTransitionTime);

internal sealed record ContainerStatus(string? Name, string? ImageID, long? RestartCount, bool? Started, ContainerState? State, ContainerState? LastState, ContainerResources? Resources);

internal sealed record ContainerState(ContainerRunning? Running, ContainerWaiting? Waiting, ContainerTerminated? Terminated);

internal sealed record ContainerRunning(DateTimeOffset? StartedAt);

internal sealed record ContainerWaiting(string? Reason);

internal sealed record ContainerTerminated(int? ExitCode, int? Signal, string? Reason, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

internal sealed record Workload(ObjectMetadata? Metadata, WorkloadSpec? Spec, WorkloadStatus? Status);

internal sealed record WorkloadSpec(long? Replicas, WorkloadSelector? Selector, PodTemplate? Template);

internal sealed record WorkloadSelector(Dictionary<string, string>? MatchLabels, IReadOnlyList<SelectorExpression>? MatchExpressions);

internal sealed record SelectorExpression(string? Key, string? Operator, IReadOnlyList<string>? Values);

internal sealed record PodTemplate(ObjectMetadata? Metadata, PodSpec? Spec);

internal sealed record WorkloadStatus(long? ReadyReplicas, IReadOnlyList<ObjectCondition?>? Conditions);

internal sealed record ControllerRevision(ObjectMetadata? Metadata, long? Revision, RevisionData? Data);

internal sealed record RevisionData(WorkloadSpec? Spec);

internal sealed record ApiEvent(
    InvolvedObject? InvolvedObject, string? Reason, string? Message, string? Type, long? Count, DateTimeOffset? FirstTimestamp, DateTimeOffset? LastTimestamp, DateTimeOffset? EventTime, EventSeries? Series)
{
    public DateTimeOffset? At => Series?.LastObservedTime ?? LastTimestamp ?? EventTime ?? FirstTimestamp;
}

internal sealed record InvolvedObject(string? Kind, string? Name, string? Uid);

internal sealed record EventSeries(long? Count, DateTimeOffset? LastObservedTime);

internal sealed record PodMetrics(ObjectMetadata? Metadata, IReadOnlyList<ContainerMetrics?>? Containers);

internal sealed record ContainerMetrics(string? Name, ResourceAmounts? Usage);

internal sealed record ExecInfo(string Kind, string ApiVersion, ExecSpec Spec);

internal sealed record ExecSpec(bool Interactive);

internal sealed record ExecCredential(ExecCredentialStatus? Status);

internal sealed record ExecCredentialStatus(string? Token, string? ClientCertificateData, string? ClientKeyData, DateTimeOffset? ExpirationTimestamp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ApiList<Pod>))]
[JsonSerializable(typeof(ApiList<Workload>))]
[JsonSerializable(typeof(ApiList<ControllerRevision>))]
[JsonSerializable(typeof(ApiList<ApiEvent>))]
[JsonSerializable(typeof(ApiList<PodMetrics>))]
[JsonSerializable(typeof(ExecInfo))]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
