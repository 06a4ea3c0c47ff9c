namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What is asked of the API server; all of it is in <c>deploy/kubernetes/role.yaml</c>, and nothing else.</summary>
/// <param name="Verb">The Role's verb.</param>
/// <param name="Name">The Role's resource.</param>
/// <param name="Group">The path of its API group and version.</param>
internal sealed record ApiResource(string Verb, string Name, string Group)
{
    public static readonly ApiResource Pods = new("list", "pods", "api/v1");
    public static readonly ApiResource Log = new("get", "pods/log", "api/v1");
    public static readonly ApiResource Events = new("list", "events", "api/v1");
    public static readonly ApiResource Deployments = new("list", "deployments", "apis/apps/v1");
    public static readonly ApiResource StatefulSets = new("list", "statefulsets", "apis/apps/v1");
    public static readonly ApiResource DaemonSets = new("list", "daemonsets", "apis/apps/v1");
    public static readonly ApiResource ReplicaSets = new("list", "replicasets", "apis/apps/v1");
    public static readonly ApiResource ControllerRevisions = new("list", "controllerrevisions", "apis/apps/v1");
    public static readonly ApiResource Metrics = new("list", "pods.metrics.k8s.io", "apis/metrics.k8s.io/v1beta1");

    /// <summary>As <c>kubectl auth can-i</c> takes it.</summary>
    public string What => $"{Verb} {Name}";

    /// <summary>As manifests state it.</summary>
    public string ApiVersion => Group[(Group.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The path of its list.</summary>
    /// <param name="namespace">The namespace.</param>
    public string ListPath(string @namespace) => $"{Group}/namespaces/{Uri.EscapeDataString(@namespace)}/{Name.Split('.')[0]}";
}
