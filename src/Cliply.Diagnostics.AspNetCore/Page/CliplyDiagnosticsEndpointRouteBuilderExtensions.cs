using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cliply.Diagnostics;
using Cliply.Diagnostics.AspNetCore;
using Cliply.Diagnostics.AspNetCore.Page;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the page that shows the diagnosis.</summary>
public static class CliplyDiagnosticsEndpointRouteBuilderExtensions
{
    private const string ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the live page of the diagnosis, and under it <c>report.json</c>, <c>snapshot.json</c>, <c>report.md</c> and
    /// <c>events</c>, a stream of server-sent events: <c>change</c> with the status and the diagnoses, <c>reading</c> where neither
    /// changed, <c>alive</c> in between. All are closed, and answer 404, unless the returned conventions are given an authorization
    /// policy or say <c>AllowAnonymous</c>; in Development, requests from this machine are let in. The page names workers, programs
    /// and errors, with secrets replaced: it is for those who operate the fleet.
    /// </summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">The path. Default <c>/diagnostics</c>.</param>
    /// <returns>The conventions of all of them, such as <c>RequireAuthorization("operators")</c>.</returns>
    /// <exception cref="InvalidOperationException">The diagnostics were not added.</exception>
    public static IEndpointConventionBuilder MapCliplyDiagnostics(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/diagnostics")
    {
        var diagnostics = AddedServices.Diagnostics(endpoints, nameof(MapCliplyDiagnostics));
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value;
        var access = new PageAccess(pattern, services.GetRequiredService<ILoggerFactory>().CreateLogger("Cliply.Diagnostics.AspNetCore.Page"));
        var page = new FleetPage(services.GetRequiredService<HistoryRing>(), services.GetRequiredService<DiagnosisMoments>(), options);
        var stream = new ReadingStream(diagnostics, options, services.GetRequiredService<TimeProvider>());
        var stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

        var group = endpoints.MapGroup(pattern.TrimEnd('/'));
        MapReading("", "text/html; charset=utf-8", (context, reading) => Encoding.UTF8.GetBytes(page.Write(Root(context), reading)));
        MapReading("/content", "text/html; charset=utf-8", (_, reading) => Encoding.UTF8.GetBytes(page.WriteContent(reading)));
        MapReading("/report.json", "application/json; charset=utf-8", (_, reading) => ReportJson.Write(reading.Report));
        MapReading("/snapshot.json", "application/json; charset=utf-8", (_, reading) => SnapshotJson.Write(reading.Snapshot));
        MapReading("/report.md", "text/markdown; charset=utf-8", (_, reading) => Encoding.UTF8.GetBytes(ReportMarkdown.Write(reading.Report)));
        Map("/page.css", context => WriteAsync(context, "text/css; charset=utf-8", PageAssets.Style));
        Map("/page.js", context => WriteAsync(context, "text/javascript; charset=utf-8", PageAssets.Script));
        Map("/icon.svg", context => WriteAsync(context, "image/svg+xml", PageAssets.Icon));
        Map("/events", context => StreamAsync(context, stream, stopping));
        return group;

        void MapReading(string path, string contentType, Func<HttpContext, FleetReading, byte[]> write) => Map(path, async context =>
        {
            var reading = await diagnostics.DiagnoseAsync(context.RequestAborted).ConfigureAwait(false);
            await WriteAsync(context, contentType, write(context, reading)).ConfigureAwait(false);
        });

        void Map(string path, RequestDelegate answer) => group.MapMethods(path, Methods, context =>
        {
            if (access.Allows(context))
            {
                return answer(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }).WithDisplayName($"Cliply diagnostics {path}");
    }

    /// <summary>The page's own path as the browser asked for it, which knows prefixes of the host and of proxies.</summary>
    private static string Root(HttpContext context) => context.Request.PathBase.Add(context.Request.Path).ToUriComponent().TrimEnd('/');

    private static async Task StreamAsync(HttpContext context, ReadingStream stream, CancellationToken stopping)
    {
        SetHeaders(context.Response);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = "text/event-stream";
            return;
        }

        if (!stream.TryEnter())
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            // Else a browser that stays open would hold up the host's end.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await TypedResults.ServerSentEvents(stream.ReadAsync(either.Token)).ExecuteAsync(context).ConfigureAwait(false);
        }
        finally
        {
            stream.Leave();
        }
    }

    private static async Task WriteAsync(HttpContext context, string contentType, byte[] body)
    {
        SetHeaders(context.Response);
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static void SetHeaders(HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
