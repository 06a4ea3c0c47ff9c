namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What this host finds around it without being told.</summary>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="ServiceAccountFolder">Where a pod finds its service account.</param>
/// <param name="HomeKubeconfig">The user's own kubeconfig; null where there is no home.</param>
internal sealed record KubernetesSurroundings(Func<string, string?> Variable, string ServiceAccountFolder, string? HomeKubeconfig)
{
    public static KubernetesSurroundings Real { get; } = new(
        System.Environment.GetEnvironmentVariable,
        "/var/run/secrets/kubernetes.io/serviceaccount",
        System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".kube", "config") : null);
}
