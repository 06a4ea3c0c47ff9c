using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text;
using Cliply.Diagnostics.AspNetCore;
using Cliply.Diagnostics.AspNetCore.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the metrics for a scraper.</summary>
public static class CliplyMetricsEndpointRouteBuilderExtensions
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the meter <c>Cliply.Diagnostics</c> in Prometheus' text format, for hosts without OpenTelemetry; one that has it
    /// adds the meter there and gets the same names. Reads the last reading without any I/O. Numbers, job kinds (at most 50, the
    /// rest is <c>other</c>) and codes; no host, user or error.
    /// </summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="pattern">The path. Default <c>/metrics</c>.</param>
    /// <returns>The endpoint's conventions, such as <c>RequireHost</c> or <c>RequireAuthorization</c>.</returns>
    /// <exception cref="InvalidOperationException">The diagnostics were not added.</exception>
    public static IEndpointConventionBuilder MapCliplyMetrics(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/metrics")
    {
        // Its meter is there only once it is.
        AddedServices.Diagnostics(endpoints, nameof(MapCliplyMetrics));
        var services = endpoints.ServiceProvider;
        var metrics = new PrometheusText(services.GetRequiredService<IMeterFactory>());
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(metrics.Dispose);
        return endpoints.MapMethods(pattern, Methods, context => WriteAsync(context, metrics)).WithDisplayName("Cliply metrics");
    }

    private static async Task WriteAsync(HttpContext context, PrometheusText metrics)
    {
        var body = Encoding.UTF8.GetBytes(metrics.Write());
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
