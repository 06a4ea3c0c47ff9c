// Modules that each add and map their own; the diagnosis as an endpoint of the host's own.
using Cliply.Diagnostics;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Reports;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Npgsql;

var builder = WebApplication.CreateBuilder(args);
IModule[] modules = [new JobsModule(), new OperationsModule()];
foreach (var module in modules)
{
    module.Add(builder);
}

var app = builder.Build();
foreach (var module in modules)
{
    module.Map(app);
}

app.Run();

internal interface IModule
{
    void Add(WebApplicationBuilder builder);

    void Map(IEndpointRouteBuilder endpoints);
}

internal sealed class JobsModule : IModule
{
    public void Add(WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Jobs");
        var connection = new NpgsqlConnectionStringBuilder { Host = settings["Host"], Username = settings["User"], Password = settings["Password"], MaxPoolSize = 4 };
        builder.Services.AddNpgsqlDataSource(connection.ConnectionString);
        builder.Services.AddCliplyHealthChecks();
        builder.Services.Configure<CliplyDiagnosticsOptions>(settings.GetSection("Diagnostics"));
        builder.Services.PostConfigure<CliplyDiagnosticsOptions>(options =>
        {
            if (builder.Environment.IsDevelopment())
            {
                options.Thresholds.HeartbeatFresh = TimeSpan.FromSeconds(30);
                options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(1);
            }
            else
            {
                options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(5);
                options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(10);
            }
        });
    }

    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") || check.Name.EndsWith("-module", StringComparison.Ordinal) });
}

internal sealed class OperationsModule : IModule
{
    public void Add(WebApplicationBuilder builder) => builder.Services.AddOutputCache();

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/operations").RequireAuthorization();
        group.MapGet("/status", async (IFleetDiagnostics diagnostics, CancellationToken cancellationToken) =>
        {
            var reading = await diagnostics.DiagnoseAsync(cancellationToken).ConfigureAwait(false);
            return Results.Ok(new { reading.Report.Status, Codes = reading.Report.Diagnoses.Select(d => d.Code) });
        });
        group.MapGet("/status.md", async (HttpContext context, IFleetDiagnostics diagnostics) => Results.Text(ReportMarkdown.Write((await diagnostics.DiagnoseAsync(context.RequestAborted)).Report), "text/markdown"));
        group.MapGet("/last", (IFleetDiagnostics diagnostics) => diagnostics.Last?.Report.Status.ToString() ?? "none");
    }
}

internal static class NpgsqlHost
{
    public static void AddNpgsqlDataSource(this IServiceCollection services, string connectionString) => services.AddSingleton(NpgsqlDataSource.Create(connectionString));
}
