using System.Net;
using k8s;
using k8s.Authentication;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>The way to one API server: its address, credentials and certificates by the library's client, whose connections are kept.</summary>
internal sealed class KubernetesConnection : IDisposable
{
    private readonly k8s.Kubernetes _client;
    private readonly string? _tlsServerName;

    /// <summary>Prepares; nothing is sent yet.</summary>
    /// <param name="configuration">What the kubeconfig or the service account says.</param>
    /// <param name="namespace">The namespace of the workers.</param>
    /// <param name="connectTimeout">How long connecting may take.</param>
    public KubernetesConnection(KubernetesClientConfiguration configuration, string @namespace, TimeSpan connectTimeout)
    {
        configuration.UserAgent = "cliply-diagnostics";
        configuration.FirstMessageHandlerSetup = handler =>
        {
            handler.ConnectTimeout = connectTimeout;
            handler.AllowAutoRedirect = false;
            handler.UseCookies = false;
            handler.AutomaticDecompression = DecompressionMethods.GZip;
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);

            // An answer that is not read to its end is not waited for either.
            handler.ResponseDrainTimeout = TimeSpan.Zero;
        };
        _client = new k8s.Kubernetes(configuration);
        _tlsServerName = configuration.TlsServerName;
        Namespace = @namespace;
    }

    public string Namespace { get; }

    /// <summary>Sends a GET with the credentials; the answer's body is not read yet.</summary>
    /// <exception cref="CredentialsException">There are no credentials to send.</exception>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, path)) { Version = HttpVersion.Version20 };
        request.Headers.Accept.ParseAdd(path.Contains("/log?", StringComparison.Ordinal) ? "*/*" : "application/json");
        if (_client.Credentials is { } credentials)
        {
            await AuthenticateAsync(credentials, request, cancellationToken).ConfigureAwait(false);
        }

        if (!string.IsNullOrWhiteSpace(_tlsServerName))
        {
            request.Headers.Host = _tlsServerName;
        }

        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private static async Task AuthenticateAsync(ServiceClientCredentials credentials, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            // A credential plugin that is run anew knows no token.
            await credentials.ProcessHttpRequestAsync(request, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CredentialsException(exception);
        }
    }
}

/// <summary>The token's file can't be read, or the credential plugin failed. The inner exception's message can hold a path.</summary>
internal sealed class CredentialsException(Exception inner) : Exception("no credentials", inner);
