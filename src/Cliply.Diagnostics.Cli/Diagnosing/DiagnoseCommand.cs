using System.CommandLine;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;

namespace Cliply.Diagnostics.Cli.Diagnosing;

/// <summary><c>cliply diagnose</c>: one snapshot, from a file or collected now, and what it means.</summary>
internal static class DiagnoseCommand
{
    public static Command Create()
    {
        var snapshot = new Option<string?>("--snapshot") { Description = "A recorded snapshot to diagnose: a JSON file, or - for standard input.", HelpName = "FILE|-" };
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
            """) { snapshot };
        fleet.AddTo(command);
        sources.AddTo(command);
        command.Add(output);
        command.Validators.Add(result =>
        {
            if (result.GetResult(snapshot) is not null && (result.GetResult(fleet.DatabaseUrl) is not null ? "--database-url" : sources.Named(result)) is { } other)
            {
                result.AddError($"--snapshot and {other} exclude each other. Give the one to diagnose.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = parsed.GetValue(snapshot) is { } file
                ? new DiagnosisClassifier().Classify(await InputFiles.ReadSnapshotAsync(file, "--snapshot", cancellationToken))
                : (await sources.CollectAsync(fleet.Read(parsed), parsed, cancellationToken)).Report;
            await ReportWriter.WriteAsync(report, parsed.GetValue(output), cancellationToken);
            return ExitCodes.Of(report.Status);
        });
        return command;
    }
}
