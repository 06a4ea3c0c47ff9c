namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>The packages as a service gets them: new projects that know nothing of this repository but the folder of packages.</summary>
public sealed class NewProjectTests
{
    [Fact]
    public async Task I_can_diagnose_from_a_console_program()
    {
        var output = await RunAsync("Microsoft.NET.Sdk", ["Cliply.Diagnostics.Sqlite"], """
            using Cliply.Diagnostics.Collection;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();
            services.AddCliplyHealthChecks();
            services.AddCliplySqliteJobStore("Data Source=jobs.db");
            await using var provider = services.BuildServiceProvider();
            var reading = await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync();
            foreach (var diagnosis in reading.Report.Diagnoses)
            {
                Console.WriteLine($"{diagnosis.Severity}: {diagnosis.Code}");
            }
            """);

        output.Should().Contain("Critical: database-unavailable");
    }

    [Fact]
    public async Task I_can_watch_from_a_worker()
    {
        var output = await RunAsync("Microsoft.NET.Sdk.Worker", ["Cliply.Diagnostics", "Microsoft.Extensions.Hosting"], """
            using Cliply.Diagnostics.Collection;
            using Microsoft.Extensions.Diagnostics.HealthChecks;

            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.AddCliplyHealthChecks();
            using var host = builder.Build();
            await host.StartAsync();
            var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Console.WriteLine(string.Join(", ", health.Entries.Select(e => $"{e.Key} {e.Value.Status}")));
            await host.StopAsync();
            """);

        output.Should().Contain("cliply-ffmpeg ").And.Contain("cliply-database Degraded").And.Contain("cliply-diagnosis ");
    }

    [Fact]
    public async Task I_can_serve_probes_metrics_and_the_page()
    {
        var output = await RunAsync("Microsoft.NET.Sdk.Web", ["Cliply.Diagnostics.AspNetCore"], """
            var builder = WebApplication.CreateBuilder(args);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            app.MapCliplyProbes(); // /livez, /readyz, /startupz
            app.MapCliplyMetrics(); // /metrics
            app.MapCliplyDiagnostics().AllowAnonymous();
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            Console.WriteLine(await http.GetStringAsync("/livez"));
            Console.WriteLine((await http.GetStringAsync("/diagnostics")).Contains("<h1>The fleet is "));
            Console.WriteLine((await http.GetStringAsync("/metrics")).Contains("cliply_collection_duration"));
            await app.StopAsync();
            """);

        output.Should().Contain("alive\nTrue\nTrue\n");
    }

    /// <summary>Restores, builds and runs.</summary>
    private static async Task<string> RunAsync(string sdk, string[] packages, string program)
    {
        using var project = await NewProject.CreateAsync(sdk, packages, program);
        return await project.DotnetAsync("run", "--configuration", "Release");
    }
}
