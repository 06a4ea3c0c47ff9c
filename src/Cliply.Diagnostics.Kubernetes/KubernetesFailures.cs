using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What it means when the API server refuses, or can't be reached. No message names a host, account or namespace.</summary>
internal static class KubernetesFailures
{
    public const string AuthenticationFailed = "authenticationFailed";
    public const string PermissionDenied = "permissionDenied";
    private const string Error = "error";

    public static SectionFailure Timeout(ApiResource resource) =>
        new(SectionFailure.Timeout, $"the API server did not answer '{resource.What}' in time");

    public static SectionFailure TooLarge(ApiResource resource) =>
        new(SectionFailure.Unexpected, $"the answer to '{resource.What}' is larger than any that is read");

    public static SectionFailure TooMany(ApiResource resource, int most) =>
        new(SectionFailure.NotSupported, $"more than {most} {resource.Name} match; narrow {KubernetesOptionsRules.Key(nameof(KubernetesOptions.LabelSelector))}, or raise {KubernetesOptionsRules.Key(nameof(KubernetesOptions.MaxPods))}");

    /// <summary>An answer that is none of success.</summary>
    public static SectionFailure Of(ApiResource resource, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => new(AuthenticationFailed, "the API server does not accept the credentials; log in again for the kubeconfig, or check the pod's service account"),
        HttpStatusCode.Forbidden => new(PermissionDenied, $"'{resource.What}' is not allowed; apply deploy/kubernetes/role.yaml in the workers' namespace"),
        HttpStatusCode.NotFound when resource == ApiResource.Metrics => new(SectionFailure.NotSupported, "the cluster has no metrics API; install metrics-server to see CPU and memory"),
        HttpStatusCode.ServiceUnavailable when resource == ApiResource.Metrics => new(Error, "the cluster's metrics API is not available; check metrics-server"),
        HttpStatusCode.NotFound => new(SectionFailure.NotSupported, $"the API server does not know '{resource.What}'; check the server's address"),
        HttpStatusCode.Gone => new(Error, $"the list of {resource.Name} expired while it was read; the next reading starts anew"),
        HttpStatusCode.TooManyRequests => new(Error, $"the API server is overloaded and put '{resource.What}' off"),
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new(Error, $"'{resource.What}' was redirected (HTTP {(int)status}); set the API server's own address"),
        _ => new(Error, $"the API server answered '{resource.What}' with HTTP {(int)status}"),
    };

    /// <summary>What went wrong on the way, or in an answer; null where the exception is none of those that are expected.</summary>
    public static SectionFailure? Of(ApiResource resource, Exception exception) => exception switch
    {
        AnswerTooLargeException => TooLarge(resource),
        JsonException => new(SectionFailure.Unexpected, $"the answer to '{resource.What}' is not one of the Kubernetes API"),
        OperationCanceledException => Timeout(resource),
        _ when Find<AuthenticationException>(exception) is not null => new("tlsFailed", "no encrypted connection could be agreed on; check the kubeconfig's certificate-authority-data against the server's certificate"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new("tlsFailed", "no encrypted connection could be agreed on; check that the API server's address is an https one"),
        _ when Find<SocketException>(exception) is { } socket => OfSocket(resource, socket),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => HostNotFound,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => new(SectionFailure.Unexpected, $"the answer to '{resource.What}' is not one of the Kubernetes API"),
        HttpRequestException or IOException => new(Error, $"the connection broke during '{resource.What}'"),
        _ => null,
    };

    private static SectionFailure HostNotFound { get; } = new("hostNotFound", "the API server's host name can't be resolved");

    private static SectionFailure OfSocket(ApiResource resource, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new("refused", "nothing listens at the API server's address"),
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => HostNotFound,
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressFamilyNotSupported => new("refused", "the API server's address can't be reached from here"),
        SocketError.TimedOut => Timeout(resource),
        _ => new(Error, $"the connection broke during '{resource.What}'"),
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
