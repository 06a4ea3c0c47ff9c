using System.Diagnostics.CodeAnalysis;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Docker;

/// <summary>Finds the engine: by option, by DOCKER_HOST, or the first socket that is there.</summary>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="sockets">Paths to look at, where <c>$XDG_RUNTIME_DIR</c> stands for that variable.</param>
internal sealed class DockerEndpointSearch(Func<string, string?> environment, IReadOnlyList<string> sockets)
{
    private const string RuntimeFolder = "$XDG_RUNTIME_DIR";

    /// <summary>Docker's, then those of Docker and Podman without root, then Podman's.</summary>
    public static IReadOnlyList<string> UsualSockets { get; } =
        ["/var/run/docker.sock", $"{RuntimeFolder}/docker.sock", $"{RuntimeFolder}/podman/podman.sock", "/run/podman/podman.sock"];

    /// <summary>Looks again each time: an engine may be installed or started later.</summary>
    public bool TryFind(DockerOptions options, [NotNullWhen(true)] out DockerEndpoint? endpoint, [NotNullWhen(false)] out SectionFailure? failure)
    {
        (endpoint, failure) = (null, null);
        var folder = options.CertificateFolder;
        if (string.IsNullOrWhiteSpace(folder))
        {
            folder = Variable("DOCKER_TLS_VERIFY") is not null ? Variable("DOCKER_CERT_PATH") : null;
        }

        var isTls = folder is not null || Variable("DOCKER_TLS_VERIFY") is not null;
        if (!string.IsNullOrWhiteSpace(options.Endpoint))
        {
            var key = $"{DockerOptions.SectionName}:Endpoint";
            return TryNamed(options.Endpoint, key, isTls, folder, out endpoint, out failure);
        }

        if (Variable("DOCKER_HOST") is { } host)
        {
            return TryNamed(host, "DOCKER_HOST", isTls, folder, out endpoint, out failure);
        }

        foreach (var socket in sockets)
        {
            var path = socket;
            if (socket.StartsWith(RuntimeFolder, StringComparison.Ordinal))
            {
                if (Variable(RuntimeFolder[1..]) is not { } runtime)
                {
                    continue;
                }

                path = runtime + socket[RuntimeFolder.Length..];
            }

            if (IsThere(path))
            {
                endpoint = new DockerEndpoint(new Uri("http://localhost/"), path) { Setting = $"{DockerOptions.SectionName}:Endpoint" };
                return true;
            }
        }

        failure = new SectionFailure(SectionFailure.NotConfigured, $"no socket of Docker or Podman was found; set {DockerOptions.SectionName}:Endpoint or DOCKER_HOST to an address such as unix:///var/run/docker.sock");
        return false;
    }

    private static bool TryNamed(string text, string setting, bool isTls, string? folder, [NotNullWhen(true)] out DockerEndpoint? endpoint, [NotNullWhen(false)] out SectionFailure? failure)
    {
        failure = null;
        if (!DockerEndpoint.TryParse(text, out endpoint, isTls))
        {
            failure = new SectionFailure(SectionFailure.NotSupported, $"{setting} is no address that can be used; set {DockerOptions.SectionName}:Endpoint to one such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375");
            return false;
        }

        endpoint = endpoint with { Setting = setting, CertificateFolder = folder };
        if (endpoint.SocketPath is { } path && !IsThere(path))
        {
            // What somebody has named is configured: that it is gone must not pass for a host without containers.
            failure = new SectionFailure("refused", $"there is no socket where {setting} points; start Docker or Podman, or change {setting}");
            return false;
        }

        return true;
    }

    /// <summary>A path that this process may not look at counts as there: connecting says so.</summary>
    private static bool IsThere(string path)
    {
        try
        {
            File.GetAttributes(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string? Variable(string name) => environment(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
}
