using System.Net.Sockets;
using Cliply.Diagnostics.SampleFleet;

namespace Cliply.Diagnostics.SampleWeb;

/// <summary>Puts the host together.</summary>
internal static class WebSample
{
    private const string DefaultUrl = "http://localhost:5080";

    public static async Task<int> RunAsync(string? breakage, TimeSpan? healAfter, string? urls, CancellationToken cancellationToken)
    {
        using var surroundings = new Surroundings();
        await using var queue = await JobQueue.CreateAsync(Environment.GetEnvironmentVariable("DATABASE_URL"), surroundings.Folder, cancellationToken);

        var builder = WebApplication.CreateBuilder();
        builder.Logging.AddSimpleConsole(options => options.SingleLine = true).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if ((urls ?? (builder.Configuration["urls"] is null ? DefaultUrl : null)) is { } address)
        {
            builder.WebHost.UseUrls(address);
        }

        builder.Services.AddSampleFleet(queue);
        builder.Services.AddSingleton(provider => new Breaker(breakage, healAfter, provider.GetRequiredService<WorkerFleet>(), surroundings));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Breaker>());

        await using var app = builder.Build();
        app.MapCliplyProbes();
        app.MapCliplyMetrics();

        // In Production it stays closed: nobody says who may read it.
        app.MapCliplyDiagnostics("/diagnostics");
        app.MapGet("/", () => Results.Redirect("/diagnostics"));
        if (app.Environment.IsDevelopment())
        {
            Breaker.Map(app);
        }

        foreach (var note in surroundings.Notes.Prepend(queue.Description))
        {
            Console.WriteLine(note);
        }

        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            // The workers run already, and hold their folder.
            await app.StopAsync(CancellationToken.None);
            throw new SampleException(SampleException.Unavailable, $"{urls ?? DefaultUrl} can't be listened on. Give a free one, as in --urls http://localhost:5081.");
        }

        Console.WriteLine($"the page: {app.Urls.First()}/diagnostics");
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
