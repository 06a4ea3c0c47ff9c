using System.CommandLine;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Comparing;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Diagnosing;

/// <summary><c>cliply diagnose</c>: one snapshot, from a file or collected now, and what it means.</summary>
internal static class DiagnoseCommand
{
    public static Command Create()
    {
        var snapshot = new Option<string?>("--snapshot") { Description = "A recorded snapshot to diagnose: a JSON file, or - for standard input.", HelpName = "FILE|-" };
        var bundle = new Option<string?>("--bundle") { Description = "A file of cliply bundle, to diagnose again with the thresholds of then.", HelpName = "FILE|-" };
        var output = OutputOption.Create(annotations: true);
        var fleet = new FleetOptions();
        var sources = new EvidenceSources();
        var command = new Command("diagnose", """
            Says what is wrong with the fleet, why, with which evidence, and what to do.

            Exit codes: 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive; 64 wrong usage, 65 bad input.

            Examples:
              cliply diagnose --database-url "$DATABASE_URL"
              cliply diagnose --kubernetes workers --prometheus http://prometheus:9090
              kubectl logs -l app=worker | cliply diagnose --logs -
              cliply diagnose --snapshot snapshot.json --output json
              cliply diagnose --bundle cliply-bundle-20261125T120000Z.tar.gz
            """) { snapshot, bundle };
        fleet.AddTo(command);
        sources.AddTo(command);
        command.Add(output);
        command.Validators.Add(result =>
        {
            string?[] given =
            [
                result.GetResult(snapshot) is null ? null : "--snapshot",
                result.GetResult(bundle) is null ? null : "--bundle",
                result.GetResult(fleet.DatabaseUrl) is null ? sources.Named(result) : "--database-url",
            ];
            if (given.OfType<string>().ToList() is [var one, var other, ..])
            {
                result.AddError($"{one} and {other} exclude each other. Give the one to diagnose.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = parsed.GetValue(snapshot) is { } file
                ? new DiagnosisClassifier().Classify(await InputFiles.ReadSnapshotAsync(file, "--snapshot", cancellationToken))
                : parsed.GetValue(bundle) is { } archive
                ? await FromBundleAsync(archive, cancellationToken)
                : (await sources.CollectAsync(fleet.Read(parsed), parsed, cancellationToken)).Report;
            await ReportWriter.WriteAsync(report, parsed.GetValue(output), cancellationToken);
            return ExitCodes.Of(report.Status);
        });
        return command;
    }

    private static async Task<DiagnosticReport> FromBundleAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = InputFiles.Open(file, "--bundle");
        return (await Recording.OfBundleAsync(stream, InputFiles.Name(file), cancellationToken)).Report;
    }
}
