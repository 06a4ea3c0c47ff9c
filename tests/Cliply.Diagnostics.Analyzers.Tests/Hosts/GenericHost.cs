// A console that builds a host the older way, asks once and ends.
using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using var host = Host.CreateDefaultBuilder(args)
    .ConfigureAppConfiguration(configuration => configuration.AddEnvironmentVariables("CLIPLY_"))
    .ConfigureServices((context, services) =>
    {
        services.AddCliplyHealthChecks(options => options.ConnectionString = context.Configuration.GetConnectionString("Jobs") ?? "Host=localhost;Username=postgres");
        services.AddCliplySqliteJobStore("Data Source=jobs.db");
    })
    .Build();
using var source = new CancellationTokenSource(TimeSpan.FromSeconds(30));
Console.CancelKeyPress += (_, e) => { e.Cancel = true; source.Cancel(); };
var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(source.Token);
var reading = await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(source.Token);
Console.WriteLine($"{report.Status} {reading.Report.Status} after {reading.Age}");
return report.Status == HealthStatus.Healthy ? 0 : 1;
