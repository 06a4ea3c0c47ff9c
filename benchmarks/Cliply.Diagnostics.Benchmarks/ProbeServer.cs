using HealthChecks.UI.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Benchmarks;

/// <summary>The probes beside an empty minimal endpoint and a health check of AspNetCore.HealthChecks.NpgSql with its UI response writer, in one host.</summary>
internal static class ProbeServer
{
    public static async Task RunAsync(string port, string connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddCliplyHealthChecks(options => options.ConnectionString = connectionString);
        builder.Services.AddHealthChecks().AddNpgSql(connectionString, name: "peer");

        await using var app = builder.Build();
        app.MapGet("/empty", () => "ok");
        app.MapCliplyProbes(options => options.UnreadyDiagnoses = ["database-unavailable"]);
        app.MapCliplyMetrics();
        app.MapHealthChecks("/peer", new HealthCheckOptions { Predicate = check => check.Name == "peer", ResponseWriter = UIResponseWriter.WriteHealthCheckUIResponse });
        app.MapHealthChecks("/checks", new HealthCheckOptions { Predicate = check => check.Tags.Contains("cliply") });
        await app.RunAsync();
    }
}
