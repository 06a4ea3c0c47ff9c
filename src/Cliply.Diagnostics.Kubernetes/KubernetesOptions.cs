using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Where the workers run on Kubernetes; bound from the configuration section <c>Cliply:Diagnostics:Kubernetes</c>.
/// </summary>
/// <remarks>
/// The API server is the one of <see cref="Kubeconfig"/>; without it that of the environment variable <c>KUBECONFIG</c>,
/// then that of the cluster whose service account this host runs with, then that of <c>~/.kube/config</c>.
/// </remarks>
public sealed class KubernetesOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Kubernetes";

    /// <summary>The path of a kubeconfig file. Default null: the usual places.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>A context of the kubeconfig; where it is set, the service account is not used. Default null: the current context.</summary>
    public string? Context { get; set; }

    /// <summary>The namespace of the workers. Default null: that of the context or the service account, otherwise <c>default</c>.</summary>
    public string? Namespace { get; set; }

    /// <summary>
    /// Which pods are workers, as for <c>kubectl -l</c>. Deployments and StatefulSets belong to them when they or the pods
    /// that they make carry these labels. Default <c>app=worker</c>.
    /// </summary>
    [Required]
    public string LabelSelector { get; set; } = "app=worker";

    /// <summary>
    /// The worker's container in a pod that has several. Default null, and for pods without one of that name: the container
    /// <c>worker</c>, then the pod's <c>kubectl.kubernetes.io/default-container</c>, then the first whose name contains
    /// <c>worker</c>, then the first.
    /// </summary>
    public string? Container { get; set; }

    /// <summary>How many pods are looked at; where more match, <c>deployments</c> is unavailable rather than wrong. Default 5,000.</summary>
    [Range(1, 50_000)]
    public int MaxPods { get; set; } = 5_000;
}
