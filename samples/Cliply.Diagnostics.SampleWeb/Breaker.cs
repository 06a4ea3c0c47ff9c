using Cliply.Diagnostics.SampleFleet;

namespace Cliply.Diagnostics.SampleWeb;

/// <summary>Injects failures and ends them: some seconds after the start as the command line says, and whenever it is asked.</summary>
internal sealed class Breaker(string? breakage, TimeSpan? healAfter, WorkerFleet fleet, Surroundings surroundings) : BackgroundService
{
    private static readonly TimeSpan InjectAfter = TimeSpan.FromSeconds(4);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/break/{scenario}", (string scenario, Breaker breaker) =>
        {
            if (!Breakage.Names.Contains(scenario))
            {
                return Results.BadRequest($"'{scenario}' is not known. Use one of {string.Join(", ", Breakage.Names)}.");
            }

            breaker.Inject(scenario);
            return Results.NoContent();
        });
        endpoints.MapPost("/heal", (Breaker breaker) => breaker.HealAsync());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (breakage is null)
        {
            return;
        }

        await Task.Delay(InjectAfter, stoppingToken);
        Inject(breakage);
        if (healAfter is { } after)
        {
            await Task.Delay(after, stoppingToken);
            await HealAsync();
        }
    }

    private void Inject(string name)
    {
        Console.WriteLine($"breaking: {name}");
        Breakage.Inject(name, fleet, surroundings);
    }

    private Task HealAsync()
    {
        Console.WriteLine("healing");
        return Breakage.HealAsync(fleet, surroundings);
    }
}
