using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>The library, set up for one run of a verb.</summary>
internal sealed class FleetSession : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    private FleetSession(ServiceProvider provider, FleetSettings settings, IReadOnlyList<FoundSource> found)
    {
        _provider = provider;
        Settings = settings;
        Found = found;
    }

    public IServiceProvider Services => _provider;

    public FleetSettings Settings { get; }

    /// <summary>What was looked for without being named; what it says is known after the first reading.</summary>
    public IReadOnlyList<FoundSource> Found { get; }

    /// <summary>Whether nothing at all could be read: no database, no source named, none found.</summary>
    public bool HasNothing(bool isSourceNamed) => Settings.Database is null && !isSourceNamed && Found.All(source => source.Missing is not null);

    /// <param name="settings">Where it reads.</param>
    /// <param name="isLocal">Whether ffmpeg, yt-dlp and the environment of this machine are looked at.</param>
    /// <param name="addSources">Adds where the workers run; gives what was looked for unasked.</param>
    public static async Task<FleetSession> CreateAsync(FleetSettings settings, bool isLocal = true, Func<CliplyDiagnosticsBuilder, IReadOnlyList<FoundSource>>? addSources = null)
    {
        if (settings.Database is { } database)
        {
            await database.AnnounceAsync();
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(settings.ToConfiguration());
        var builder = services.AddCliplyDiagnostics(options =>
        {
            options.ConnectionString = settings.Database?.ConnectionString;
            options.LocalEvidence &= isLocal;
        });
        var found = addSources?.Invoke(builder) ?? [];
        return new FleetSession(services.BuildServiceProvider(), settings, found);
    }

    /// <summary>Collects and diagnoses.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options contradict each other.</exception>
    public Task<FleetReading> ReadAsync(CancellationToken cancellationToken) =>
        Progress.WhileAsync("collecting evidence", _provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(cancellationToken));

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
