using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What this package logs. No message holds a host, user, path or secret.</summary>
internal static partial class KubernetesLog
{
    [LoggerMessage(1, LogLevel.Warning, "Events can't be read, so pods that do not start are explained by their state alone ({Code}): {Message}")]
    public static partial void EventsUnavailable(ILogger logger, string? code, string? message);
}
