using Cliply.Diagnostics.SampleFleet;

namespace Cliply.Diagnostics.SampleWeb;

/// <summary>Injects a failure some seconds after the start, and ends it where that is asked for.</summary>
internal sealed class Breaker(string breakage, TimeSpan? healAfter, WorkerFleet fleet, Surroundings surroundings) : BackgroundService
{
    private static readonly TimeSpan InjectAfter = TimeSpan.FromSeconds(4);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(InjectAfter, stoppingToken);
        Console.WriteLine($"breaking: {breakage}");
        Breakage.Inject(breakage, fleet, surroundings);
        if (healAfter is { } after)
        {
            await Task.Delay(after, stoppingToken);
            Console.WriteLine($"healing: {breakage}");
            await Breakage.HealAsync(fleet, surroundings);
        }
    }
}
