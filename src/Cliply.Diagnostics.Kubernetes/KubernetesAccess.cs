using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Evidence;
using k8s;
using k8s.Authentication;
using k8s.KubeConfigModels;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Finds the API server: the kubeconfig of the options, that of <c>KUBECONFIG</c>, the service account, the user's own
/// kubeconfig. What is found is used or refused; a broken one is never passed over for the next, which may be of another
/// cluster. The library's messages hold names, paths and file contents, and are not shown.
/// </summary>
internal sealed class KubernetesAccess(KubernetesOptions options, KubernetesSurroundings surroundings, TimeSpan connectTimeout, TimeProvider time, CancellationToken stopping)
{
    private const string Error = "error";
    private const int MaxKubeconfigLength = 8 * 1024 * 1024;

    private static SectionFailure NotConfigured { get; } = new(
        SectionFailure.NotConfigured,
        $"there is no kubeconfig, and this host does not run in a cluster with a service account; set {KubernetesOptionsRules.Key(nameof(KubernetesOptions.Kubeconfig))}, and {KubernetesOptionsRules.Key(nameof(KubernetesOptions.Context))} for another than its current context");

    private static SectionFailure UnreadableAccount { get; } = new(Error, "the pod's service account can't be read; check its automountServiceAccountToken and the files' permissions");

    public async Task<Section<KubernetesConnection>> OpenAsync()
    {
        if (!string.IsNullOrWhiteSpace(options.Kubeconfig))
        {
            return await OfFilesAsync([options.Kubeconfig], KubernetesOptionsRules.Key(nameof(options.Kubeconfig))).ConfigureAwait(false);
        }

        if (surroundings.Variable("KUBECONFIG") is { Length: > 0 } variable)
        {
            return await OfFilesAsync(variable.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), "KUBECONFIG").ConfigureAwait(false);
        }

        if (string.IsNullOrWhiteSpace(options.Context) && surroundings.Variable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host && File.Exists(TokenFile))
        {
            return OfServiceAccount(host);
        }

        return surroundings.HomeKubeconfig is { } own && File.Exists(own)
            ? await OfFilesAsync([own], "~/.kube/config").ConfigureAwait(false)
            : NotConfigured;
    }

    private async Task<Section<KubernetesConnection>> OfFilesAsync(string[] paths, string origin)
    {
        try
        {
            var files = paths.Select(p => new FileInfo(p)).Where(f => f.Exists).ToList();
            if (files.Count == 0)
            {
                return new SectionFailure(Error, $"the file that {origin} names is not there");
            }

            files.RemoveAll(f => f.Length == 0);
            if (files.Exists(f => f.Length > MaxKubeconfigLength))
            {
                return Unusable(origin, "it is too large for a kubeconfig");
            }

            K8SConfiguration? merged = null;
            foreach (var file in files)
            {
                var next = await KubernetesClientConfiguration.LoadKubeConfigAsync(file).ConfigureAwait(false);
                merged = merged is null ? next : Merged(merged, next);
            }

            if (merged is null)
            {
                return Unusable(origin, "it is empty");
            }

            var name = string.IsNullOrWhiteSpace(options.Context) ? merged.CurrentContext : options.Context;
            if (string.IsNullOrWhiteSpace(name))
            {
                return Unusable(origin, $"it has no current context; set {KubernetesOptionsRules.Key(nameof(options.Context))}");
            }

            if (merged.Contexts?.FirstOrDefault(c => string.Equals(c?.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } context)
            {
                return Unusable(origin, string.IsNullOrWhiteSpace(options.Context) ? "its current context is not among its contexts" : $"it has no context of the name in {KubernetesOptionsRules.Key(nameof(options.Context))}");
            }

            var user = merged.Users?.FirstOrDefault(u => string.Equals(u?.Name, context.ContextDetails?.User, StringComparison.OrdinalIgnoreCase))?.UserCredentials;
            var plugin = user?.ExternalExecution is { } execution
                ? new CredentialPlugin(execution, files[0].DirectoryName!, new BinarySearch(() => surroundings.Variable("PATH"), []), time, stopping)
                : null;
            var credential = plugin is null ? null : await plugin.GetAsync(stopping).ConfigureAwait(false);
            if (credential is not null)
            {
                // The library would run the plugin itself, and wants some credential in its place.
                user!.ExternalExecution = null;
                user.Token = credential.Token ?? "none";
            }

            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigObject(merged, name);
            if (credential is not null)
            {
                configuration.AccessToken = null;
                configuration.TokenProvider = credential.Token is null ? null : plugin;
                configuration.ClientCertificateData = Encoded(credential.ClientCertificate) ?? configuration.ClientCertificateData;
                configuration.ClientCertificateKeyData = Encoded(credential.ClientKey) ?? configuration.ClientCertificateKeyData;
            }

            return Uri.TryCreate(configuration.Host, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
                ? new KubernetesConnection(configuration, Namespace(configuration.Namespace), connectTimeout)
                : Unusable(origin, "its server is no https URL");
        }
        catch (UnauthorizedAccessException)
        {
            return new SectionFailure(KubernetesFailures.PermissionDenied, $"the kubeconfig that {origin} names, or a file that it names, may not be read by this host");
        }
        catch (CredentialsException)
        {
            return Unusable(origin, "its credential plugin failed; run kubectl with it to see why");
        }
        catch (Exception)
        {
            // The library throws whatever its parsers and its own null checks do.
            return Unusable(origin, "it can't be read; run kubectl with it to see why");
        }
    }

    private Section<KubernetesConnection> OfServiceAccount(string host)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(File.ReadAllText(Path.Combine(surroundings.ServiceAccountFolder, "ca.crt")));
            if (authorities.Count == 0)
            {
                return UnreadableAccount;
            }

            var namespaceFile = Path.Combine(surroundings.ServiceAccountFolder, "namespace");
            var port = int.TryParse(surroundings.Variable("KUBERNETES_SERVICE_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 443;
            var configuration = new KubernetesClientConfiguration
            {
                Host = new UriBuilder(Uri.UriSchemeHttps, host, port).ToString(),
                TokenProvider = new TokenFileAuth(TokenFile),
                SslCaCerts = authorities,
            };
            return new KubernetesConnection(configuration, Namespace(File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile) : null), connectTimeout);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            return UnreadableAccount;
        }
    }

    /// <summary>As kubectl does: the first file that sets something wins.</summary>
    private static K8SConfiguration Merged(K8SConfiguration first, K8SConfiguration next)
    {
        first.CurrentContext ??= next.CurrentContext;
        first.Clusters = [.. first.Clusters ?? [], .. next.Clusters ?? []];
        first.Contexts = [.. first.Contexts ?? [], .. next.Contexts ?? []];
        first.Users = [.. first.Users ?? [], .. next.Users ?? []];
        return first;
    }

    private string Namespace(string? found) =>
        !string.IsNullOrWhiteSpace(options.Namespace) ? options.Namespace : string.IsNullOrWhiteSpace(found) ? "default" : found.Trim();

    private string TokenFile => Path.Combine(surroundings.ServiceAccountFolder, "token");

    private static string? Encoded(string? pem) => string.IsNullOrEmpty(pem) ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));

    private static SectionFailure Unusable(string origin, string why) => new(Error, $"the kubeconfig that {origin} names can't be used: {why}");
}
