using System.CommandLine;
using System.CommandLine.Parsing;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.Sources;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Cli;

/// <summary><c>cliply diagnose</c>: one snapshot, from a file or collected now, and what it means.</summary>
internal static class DiagnoseCommand
{
    /// <summary>No probe waits for the tool, and it has its own start in the same time: a busy machine must not look like a dead database.</summary>
    private static readonly KeyValuePair<string, string?>[] Patience =
    [
        new($"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.CollectorDeadline)}", "00:00:05"),
        new($"{CliplyDiagnosticsOptions.SectionName}:{nameof(CliplyDiagnosticsOptions.CollectionDeadline)}", "00:00:06"),
    ];

    public static Command Create()
    {
        var snapshot = new Option<string?>("--snapshot") { Description = "A recorded snapshot to diagnose: a JSON file, or - for standard input.", HelpName = "FILE|-" };
        var databaseUrl = new Option<string?>("--database-url") { Description = "The database to collect from: postgres://user:password@host/database, or an Npgsql connection string. Default: ConnectionStrings__Cliply, then DATABASE_URL.", HelpName = "URL" };
        var output = new Option<OutputFormat>("--output", "-o")
        {
            Description = "table for people, json for programs, markdown to paste. Default: table.",
            HelpName = "table|json|markdown",
            CustomParser = ParseOutput,
        };

        var noLocal = new Option<bool>("--no-local") { Description = "Leave out ffmpeg, yt-dlp and the environment variables of this machine: where no worker runs here, they say nothing of the workers." };

        var command = new Command("diagnose", """
            Says what is wrong with the fleet, why, with which evidence, and what to do.

            Exit codes: 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive; 64 wrong usage, 65 bad input.

            Examples:
              cliply diagnose --database-url "$DATABASE_URL"
              cliply diagnose --kubernetes workers --prometheus http://prometheus:9090
              kubectl logs -l app=worker | cliply diagnose --logs -
              cliply diagnose --snapshot snapshot.json --output json
            """) { snapshot, databaseUrl };
        var sources = new EvidenceSources();
        sources.AddTo(command);
        command.Add(noLocal);
        command.Add(output);
        command.Validators.Add(result =>
        {
            if (result.GetResult(snapshot) is not null && (result.GetResult(databaseUrl) is not null ? "--database-url" : sources.Named(result)) is { } other)
            {
                result.AddError($"--snapshot and {other} exclude each other. Give the one to diagnose.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = parsed.GetValue(snapshot) is { } file
                ? await FromFileAsync(file, cancellationToken)
                : await CollectAsync(parsed.GetValue(databaseUrl), sources, parsed, parsed.GetValue(noLocal), cancellationToken);
            await WriteAsync(report, parsed.GetValue(output), cancellationToken);
            return ExitCodes.Of(report.Status);
        });
        return command;
    }

    private static OutputFormat ParseOutput(ArgumentResult result)
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        switch (value.ToLowerInvariant())
        {
            case "table":
                return OutputFormat.Table;
            case "json":
                return OutputFormat.Json;
            case "markdown":
                return OutputFormat.Markdown;
            default:
                result.AddError($"--output '{value}' is not known. Use table, json or markdown.");
                return OutputFormat.Table;
        }
    }

    private static async Task WriteAsync(DiagnosticReport report, OutputFormat output, CancellationToken cancellationToken)
    {
        switch (output)
        {
            case OutputFormat.Json:
                await using (var stdout = Console.OpenStandardOutput())
                {
                    await stdout.WriteAsync(ReportJson.Write(report, indented: true), cancellationToken);
                    stdout.WriteByte((byte)'\n');
                }

                break;
            case OutputFormat.Markdown:
                await Console.Out.WriteAsync(ReportMarkdown.Write(report));
                break;
            default:
                ReportTable.Write(report);
                break;
        }
    }

    private static async Task<DiagnosticReport> FromFileAsync(string file, CancellationToken cancellationToken)
    {
        var utf8 = await InputFiles.ReadAsync(file, "--snapshot", cancellationToken);
        DiagnosticSnapshot snapshot;
        try
        {
            snapshot = SnapshotJson.Read(utf8);
        }
        catch (SnapshotFormatException exception)
        {
            throw new CliException(ExitCodes.BadInput, $"{InputFiles.Name(file)}: {exception.Message}");
        }

        return new DiagnosisClassifier().Classify(snapshot);
    }

    private static async Task<DiagnosticReport> CollectAsync(string? databaseUrl, EvidenceSources sources, ParseResult parsed, bool isElsewhere, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Patience).AddEnvironmentVariables().Build();
        var (key, connectionString) = databaseUrl is not null ? ("--database-url", databaseUrl)
            : configuration.GetConnectionString("Cliply") is { } named ? ("ConnectionStrings__Cliply", named)
            : ("DATABASE_URL", configuration["DATABASE_URL"]);
        var hasDatabase = !string.IsNullOrWhiteSpace(connectionString);
        if (hasDatabase && !PostgresConnectionString.TryParse(connectionString!, out _, out var problem))
        {
            throw new CliException(ExitCodes.Usage, $"{key} can't be used: {problem}");
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        var builder = services.AddCliplyDiagnostics(options => options.ConnectionString = hasDatabase ? connectionString : null);
        if (isElsewhere)
        {
            LocalEvidence.Remove(services);
        }

        var standardInput = sources.ReadsStandardInput(parsed) ? await ReadStandardInputAsync(cancellationToken) : null;
        var found = sources.Register(builder, parsed, standardInput);
        await using var provider = services.BuildServiceProvider();
        DiagnosticReport report;
        try
        {
            report = (await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(cancellationToken)).Report;
        }
        catch (OptionsValidationException exception)
        {
            throw new CliException(ExitCodes.Usage, string.Join(" ", exception.Failures));
        }

        var missing = found.Where(source => source.Missing is not null).ToList();
        foreach (var source in missing)
        {
            await Console.Error.WriteLineAsync($"cliply: {source}");
        }

        if (!hasDatabase && sources.Named(parsed.CommandResult) is null && missing.Count == found.Count)
        {
            throw new CliException(ExitCodes.Usage, "nothing to diagnose. Give --database-url URL or a source such as --logs FILE to collect now, or --snapshot FILE for a recorded snapshot, or set DATABASE_URL.");
        }

        if (report.Diagnoses.Any(d => LocalEvidence.Speaks(d.Code)))
        {
            await Console.Error.WriteLineAsync("cliply: ffmpeg, yt-dlp and the environment are those of this machine. Where no worker runs here, leave them out with --no-local.");
        }

        return report;
    }

    private static async Task<LogEvidence> ReadStandardInputAsync(CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        return await LogFiles.ScanAsync(input, "standard input", new LogPatternMatcher(), TimeProvider.System, cancellationToken);
    }
}
