using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>Where a verb reads, and how long it waits.</summary>
/// <param name="File">The configuration file.</param>
/// <param name="Database">Null where none is named.</param>
/// <param name="Timeout">What <c>--timeout</c> says.</param>
internal sealed record FleetSettings(ConfigurationFile File, DatabaseConnection? Database, TimeSpan? Timeout)
{
    private const string CollectorKey = $"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.CollectorDeadline)}";
    private const string CollectionKey = $"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.CollectionDeadline)}";

    /// <summary>No probe waits for the tool, and it has its own start in the same time: a busy machine must not look like a dead database.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How long the database may take to answer a verb that asks nothing else.</summary>
    public TimeSpan DatabaseDeadline => Timeout ?? Patience;

    public IConfigurationRoot ToConfiguration()
    {
        var builder = new ConfigurationBuilder().AddInMemoryCollection(Deadlines(Patience));
        if (File.Content is { } content)
        {
            builder.AddConfiguration(content);
        }

        builder.AddEnvironmentVariables();
        if (Timeout is { } timeout)
        {
            builder.AddInMemoryCollection(Deadlines(timeout));
        }

        return builder.Build();
    }

    /// <summary>The library's options, validated.</summary>
    /// <exception cref="OptionsValidationException">They contradict each other.</exception>
    public CliplyDiagnosticsOptions ReadOptions()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(ToConfiguration());
        services.AddCliplyOptions();
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value;
    }

    /// <summary>Knows the secrets of the environment, of the file, and of the connection.</summary>
    public SecretRedactor CreateRedactor(CliplyDiagnosticsOptions options) =>
        new(new ProcessSecrets(Options.Create(options), ToConfiguration(), Environment.GetEnvironmentVariables).Secrets, options.Redaction);

    private static KeyValuePair<string, string?>[] Deadlines(TimeSpan one) =>
        [new(CollectorKey, one.ToString("c")), new(CollectionKey, (one + TimeSpan.FromSeconds(1)).ToString("c"))];
}
