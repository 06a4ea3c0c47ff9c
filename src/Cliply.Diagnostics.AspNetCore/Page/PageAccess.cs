using System.Net;
using Cliply.Diagnostics.AspNetCore.Logging;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.AspNetCore.Page;

/// <summary>
/// Closed unless the host says who may read the page: with an authorization policy, which the authorization middleware has
/// enforced by then, or with <c>AllowAnonymous</c>. In Development, whoever sits at this machine may.
/// </summary>
internal sealed class PageAccess(string pattern, ILogger logger)
{
    private int _hasLogged;

    public bool Allows(HttpContext context)
    {
        var metadata = context.GetEndpoint()!.Metadata;
        if (metadata.GetMetadata<IAllowAnonymous>() is not null
            || metadata.GetMetadata<IAuthorizeData>() is not null
            || metadata.GetMetadata<AuthorizationPolicy>() is not null
            || (context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment() && IsLocal(context)))
        {
            return true;
        }

        if (Interlocked.Exchange(ref _hasLogged, 1) == 0)
        {
            WebLog.PageClosed(logger, pattern);
        }

        return false;
    }

    /// <summary>A tunnel or proxy on this machine speaks for others, and a foreign name that leads here comes from a page of others.</summary>
    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && (context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]" || context.Request.Host.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        && !context.Request.Headers.ContainsKey("Forwarded")
        && !context.Request.Headers.ContainsKey("X-Forwarded-For");
}
