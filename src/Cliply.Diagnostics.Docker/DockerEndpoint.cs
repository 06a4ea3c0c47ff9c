using System.Diagnostics.CodeAnalysis;

namespace Cliply.Diagnostics.Docker;

/// <summary>Where an engine answers.</summary>
/// <param name="Address">What requests are sent to.</param>
/// <param name="SocketPath">The Unix socket to connect to; null: the address's host and port.</param>
internal sealed record DockerEndpoint(Uri Address, string? SocketPath)
{
    /// <summary>Which setting led here; named in messages.</summary>
    public string Setting { get; init; } = "DOCKER_HOST";

    /// <summary>Where the certificates are; null: those of the system serve.</summary>
    public string? CertificateFolder { get; init; }

    /// <summary>Reads an address as Docker's tools write it.</summary>
    /// <param name="text">Such as <c>unix:///var/run/docker.sock</c>.</param>
    /// <param name="endpoint">Where it leads to.</param>
    /// <param name="isTls">Whether a <c>tcp</c> address means TLS.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out DockerEndpoint? endpoint, bool isTls = false)
    {
        endpoint = null;
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0)
        {
            return false;
        }

        if (uri.Scheme == "unix")
        {
            endpoint = uri.Host.Length == 0 && uri.LocalPath.Length > 1 ? new DockerEndpoint(new Uri("http://localhost/"), uri.LocalPath) : null;
        }
        else if (uri.Scheme is "tcp" or "http" or "https" && uri.Host.Length > 0)
        {
            isTls |= uri.Scheme == Uri.UriSchemeHttps;
            var port = uri.Port >= 0 && !(uri.IsDefaultPort && uri.Scheme == "tcp") ? uri.Port : isTls ? 2376 : 2375;
            endpoint = new DockerEndpoint(new UriBuilder(isTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, uri.Host, port).Uri, null);
        }

        return endpoint is not null;
    }
}
