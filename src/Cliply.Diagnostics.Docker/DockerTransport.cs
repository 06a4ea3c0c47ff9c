using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Handler.Abstractions;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Carries the client's requests over .NET's own HTTP handler, which bounds headers and connections; the client's own one
/// for Unix sockets reads lines of any length.
/// </summary>
internal sealed class DockerTransport : IDockerHandlerFactory<DockerEndpoint>
{
    private const int KilobytesOfHeaders = 32;

    public ResolvedTransport CreateHandler(DockerEndpoint transportOptions, ResolvedClientOptions clientOptions, ILogger logger)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = DockerEngine.RequestsAtOnce,
            MaxResponseHeadersLength = KilobytesOfHeaders,

            // An answer that is not read to its end is not read on behind the caller's back.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        if (transportOptions.SocketPath is { } path)
        {
            handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        }

        if (transportOptions.CertificateFolder is { } folder)
        {
            handler.SslOptions = Certificates(folder);
        }

        return new ResolvedTransport(new BoundedAnswers(handler), transportOptions.Address);
    }

    public ResolvedTransport CreateHandler(ResolvedClientOptions clientOptions, ILogger logger) =>
        throw new NotSupportedException("This transport needs an endpoint of its own.");

    public Task<WriteClosableStream> HijackStreamAsync(HttpContent content) =>
        throw new NotSupportedException("This transport only reads.");

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Certificates(string folder)
    {
        var options = new SslClientAuthenticationOptions();
        var (authority, certificate, key) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        if (File.Exists(authority))
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(authority);
        }

        if (File.Exists(certificate) && File.Exists(key))
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
        }

        return options;
    }
}
