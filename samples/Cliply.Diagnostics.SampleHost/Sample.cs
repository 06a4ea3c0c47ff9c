using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.SampleFleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.SampleHost;

/// <summary>Puts the host together and watches it.</summary>
internal static class Sample
{
    private const int ReadingsBeforeChange = 3;

    public static async Task<int> RunAsync(string? breakage, TimeSpan? healAfter, TimeSpan? endAfter, bool once, int? metricsPort, CancellationToken cancellationToken)
    {
        using var surroundings = new Surroundings();
        await using var queue = await JobQueue.CreateAsync(Environment.GetEnvironmentVariable("DATABASE_URL"), surroundings.Folder, cancellationToken);

        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSampleFleet(queue, options => options.ReadingsBeforeChange = ReadingsBeforeChange);

        using var host = builder.Build();
        using var metrics = metricsPort is { } port ? MetricsEndpoint.Start(port) : null;
        await host.StartAsync(cancellationToken);
        var status = await WatchAsync(host.Services, surroundings, breakage, healAfter, endAfter, once, cancellationToken);
        await host.StopAsync(CancellationToken.None);
        return once ? ExitCode(status) : 0;
    }

    private static async Task<FleetStatus> WatchAsync(IServiceProvider services, Surroundings surroundings, string? breakage, TimeSpan? healAfter, TimeSpan? endAfter, bool once, CancellationToken cancellationToken)
    {
        var diagnostics = services.GetRequiredService<IFleetDiagnostics>();
        var checks = services.GetRequiredService<HealthCheckService>();
        var fleet = services.GetRequiredService<WorkerFleet>();
        var printer = new ChangePrinter(Console.Out, useColour: !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "", ReadingsBeforeChange);
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var injectAt = TimeSpan.FromSeconds(once ? 1 : 4);
        var lookAt = breakage is null ? TimeSpan.FromSeconds(2) : injectAt + TimeSpan.FromSeconds(12);
        var isBroken = false;
        var isHealed = false;
        if (!once)
        {
            printer.Note(services.GetRequiredService<JobQueue>().Description);
            foreach (var note in surroundings.Notes)
            {
                printer.Note(note);
            }
        }

        try
        {
            while (endAfter is null || time.GetElapsedTime(start) < endAfter)
            {
                var elapsed = time.GetElapsedTime(start);
                if (breakage is not null && !isBroken && elapsed >= injectAt)
                {
                    isBroken = true;
                    if (!once)
                    {
                        printer.Note($"breaking: {breakage}");
                    }

                    Breakage.Inject(breakage, fleet, surroundings);
                }

                if (isBroken && !isHealed && healAfter is not null && elapsed >= injectAt + healAfter)
                {
                    isHealed = true;
                    printer.Note($"healing: {breakage}");
                    await Breakage.HealAsync(fleet, surroundings);
                }

                if (once && elapsed >= lookAt)
                {
                    var reading = await diagnostics.DiagnoseAsync(cancellationToken);
                    await Console.Out.WriteLineAsync(ReportMarkdown.Write(reading.Report));
                    return reading.Report.Status;
                }

                if (!once)
                {
                    var health = await checks.CheckHealthAsync(cancellationToken);
                    printer.Show(health, diagnostics.Last!);
                }

                await Task.Delay(500, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            printer.Note("stopping");
        }

        return diagnostics.Last?.Report.Status ?? FleetStatus.Inconclusive;
    }

    private static int ExitCode(FleetStatus status) => status switch
    {
        FleetStatus.Healthy => 0,
        FleetStatus.Degraded => 1,
        FleetStatus.Unhealthy => 2,
        _ => 3,
    };
}
