using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.AspNetCore.Logging;

/// <summary>What this package logs. No message holds a host, user, path of a file or secret.</summary>
internal static partial class WebLog
{
    [LoggerMessage(40, LogLevel.Warning, "The diagnostics page at {Pattern} is closed, and answers 404. Give it a policy with RequireAuthorization(...), or say AllowAnonymous() where everybody may read it; in Development, requests from this machine are let in")]
    public static partial void PageClosed(ILogger logger, string pattern);
}
