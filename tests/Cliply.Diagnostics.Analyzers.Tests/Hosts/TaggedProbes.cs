// Probes of a web shop: tags as constants, options shared by endpoints, a group for all of them.
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRazorPages();
builder.Services.AddHealthChecks()
    .AddCheck("self", () => HealthCheckResult.Healthy(), [Tags.Live])
    .AddDbContextCheck<ShopContext>(tags: [Tags.Ready]);
builder.Services.AddCliplyHealthChecks(o => o.Thresholds.CpuPercent = 80);

var app = builder.Build();
var health = app.MapGroup("/healthz").WithTags("health").DisableHttpMetrics();
health.MapHealthChecks("/live", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(Tags.Live), ResponseWriter = Health.WriteAsync });
health.MapHealthChecks("/ready", new HealthCheckOptions
{
    Predicate = check => check.Tags.Contains(Tags.Ready),
    ResultStatusCodes =
    {
        [HealthStatus.Healthy] = StatusCodes.Status200OK,
        [HealthStatus.Degraded] = StatusCodes.Status200OK,
        [HealthStatus.Unhealthy] = StatusCodes.Status503ServiceUnavailable,
    },
});
app.UseHealthChecks("/health/liveness", new HealthCheckOptions { Predicate = _ => false });
app.UseHealthChecks("/health/startup", Health.Startup);
app.MapRazorPages();
await app.RunAsync();

internal static class Tags
{
    public const string Live = "live";
    public const string Ready = "ready";
}

internal static class Health
{
    public static readonly HealthCheckOptions Startup = new() { Predicate = IsStartup };

    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(report.Entries.Keys), context.RequestAborted);
    }

    private static bool IsStartup(HealthCheckRegistration registration) => registration.Tags.Contains("startup");
}

internal sealed class ShopContext;

internal static class DbContextChecks
{
    public static IHealthChecksBuilder AddDbContextCheck<T>(this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        builder.AddCheck(name ?? typeof(T).Name, () => HealthCheckResult.Healthy(), tags ?? []);
}
