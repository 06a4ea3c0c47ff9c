using System.CommandLine;
using System.CommandLine.Parsing;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Cli;

/// <summary><c>cliply diagnose</c>: one snapshot, from a file or collected now, and what it means.</summary>
internal static class DiagnoseCommand
{
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

        var command = new Command("diagnose", """
            Says what is wrong with the fleet, why, with which evidence, and what to do.

            Exit codes: 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive; 64 wrong usage, 65 bad input, 66 no input.

            Examples:
              cliply diagnose --database-url "$DATABASE_URL"
              cliply diagnose --snapshot snapshot.json --output json
            """) { snapshot, databaseUrl, output };
        command.Validators.Add(result =>
        {
            if (result.GetResult(snapshot) is not null && result.GetResult(databaseUrl) is not null)
            {
                result.AddError("--snapshot and --database-url exclude each other. Give the one to diagnose.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(snapshot),
            parsed.GetValue(databaseUrl),
            parsed.GetValue(output),
            cancellationToken));
        return command;
    }

    private static OutputFormat ParseOutput(ArgumentResult result)
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Enum.TryParse<OutputFormat>(value, ignoreCase: true, out var format) && Enum.IsDefined(format) && !char.IsAsciiDigit(value[0]))
        {
            return format;
        }

        result.AddError($"--output '{value}' is not known. Use table, json or markdown.");
        return OutputFormat.Table;
    }

    private static async Task<int> RunAsync(string? snapshotFile, string? databaseUrl, OutputFormat output, CancellationToken cancellationToken)
    {
        var report = snapshotFile is not null
            ? await FromFileAsync(snapshotFile, cancellationToken)
            : await CollectAsync(databaseUrl, cancellationToken);
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

        return ExitCodes.Of(report.Status);
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

    private static async Task<DiagnosticReport> CollectAsync(string? databaseUrl, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var (key, connectionString) = databaseUrl is not null ? ("--database-url", databaseUrl)
            : configuration.GetConnectionString("Cliply") is { } named ? ("ConnectionStrings__Cliply", named)
            : ("DATABASE_URL", configuration["DATABASE_URL"]);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new CliException(ExitCodes.Usage, "nothing to diagnose. Give --database-url URL to collect now, or --snapshot FILE for a recorded snapshot, or set DATABASE_URL.");
        }

        if (!PostgresConnectionString.TryParse(connectionString, out _, out var problem))
        {
            throw new CliException(ExitCodes.Usage, $"{key} can't be used: {problem}");
        }

        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddCliplyDiagnostics(options => options.ConnectionString = connectionString);
        await using var provider = services.BuildServiceProvider();
        try
        {
            return (await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(cancellationToken)).Report;
        }
        catch (OptionsValidationException exception)
        {
            throw new CliException(ExitCodes.Usage, string.Join(" ", exception.Failures));
        }
    }
}
