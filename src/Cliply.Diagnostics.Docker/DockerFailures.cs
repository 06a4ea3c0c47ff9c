using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Cliply.Diagnostics.Evidence;
using Docker.DotNet;

namespace Cliply.Diagnostics.Docker;

/// <summary>Tells failures of an engine and of the way to it apart.</summary>
internal static class DockerFailures
{
    private static readonly SectionFailure Malformed = new("error", "the answer is not one of a Docker engine");

    /// <summary>It did not answer within the budget.</summary>
    public static SectionFailure Timeout { get; } = new(SectionFailure.Timeout, "no answer in time");

    /// <summary>What the exception means; null where it is none that an engine or the way to it causes. The message names no host, path or content.</summary>
    public static SectionFailure? Of(Exception exception, DockerEndpoint endpoint) => exception switch
    {
        OperationCanceledException => Timeout,
        DockerApiException api => OfStatus(api),
        _ when Find<AnswerTooLargeException>(exception) is not null => new("error", $"the answer is larger than {BoundedAnswers.MostBytes / (1024 * 1024)} MiB; narrow {DockerOptions.SectionName}:Labels or NamePattern"),
        _ when Find<AuthenticationException>(exception) is not null || Find<CryptographicException>(exception) is not null =>
            new("tlsFailed", $"no encrypted connection could be agreed on; check {DockerOptions.SectionName}:CertificateFolder and the engine's certificate"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            new("tlsFailed", $"no encrypted connection could be agreed on; check whether {endpoint.Setting} leads to a port with TLS"),
        _ when Find<SocketException>(exception) is { } socket => OfSocket(socket, endpoint),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => Malformed,
        MalformedAnswerException => Malformed,
        HttpRequestException or IOException => new("error", "the connection broke"),
        _ => null,
    };

    /// <summary>Whether the container was removed since it was listed.</summary>
    public static bool IsGone(Exception exception) => exception is DockerContainerNotFoundException;

    private static SectionFailure OfStatus(DockerApiException exception) => exception.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new("authenticationFailed", "the engine, or a proxy before it, asks for a login that is not given"),
        HttpStatusCode.Forbidden => new("permissionDenied", "the engine, or a proxy before it, forbids this; allow GET on /containers"),
        HttpStatusCode.NotImplemented => NotReadable,
        _ when exception.ResponseBody?.Contains("does not support reading", StringComparison.OrdinalIgnoreCase) == true => NotReadable,
        _ => new("error", $"the engine answered with HTTP status {(int)exception.StatusCode}"),
    };

    private static SectionFailure NotReadable => new(SectionFailure.NotSupported, "the containers' logging driver can't be read; use one such as local or json-file");

    private static SectionFailure OfSocket(SocketException exception, DockerEndpoint endpoint) => exception.SocketErrorCode switch
    {
        SocketError.AccessDenied => new("permissionDenied", "this process may not open the socket; run it as a member of the socket's group, such as docker"),
        SocketError.ConnectionRefused => new("refused", $"nothing listens at its address; start Docker or Podman, or change {endpoint.Setting}"),
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery =>
            new("hostNotFound", $"its host name can't be resolved; change {endpoint.Setting}"),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressFamilyNotSupported =>
            new("refused", $"its address can't be reached from here; change {endpoint.Setting}"),
        SocketError.TimedOut => Timeout,
        _ => new("error", "the connection broke"),
    };

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
