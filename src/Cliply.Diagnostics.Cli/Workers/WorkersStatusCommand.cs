using System.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;

namespace Cliply.Diagnostics.Cli.Workers;

/// <summary><c>cliply workers status</c> (runbook: Step 1).</summary>
internal static class WorkersStatusCommand
{
    public static Command Create()
    {
        var output = OutputOption.Create(annotations: true);
        var fleet = new FleetOptions();
        var sources = new EvidenceSources();
        var command = new Command("status", """
            Shows the workers: how many, when each last beat, what it runs; ffmpeg and yt-dlp; the queue in short; the last errors; the diagnosis in one line.

            Exit codes: 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive; 64 wrong usage.

            Examples:
              cliply workers status --database-url "$DATABASE_URL"
              cliply workers status --kubernetes workers --output json | jq .workers.active
            """);
        fleet.AddTo(command);
        sources.AddTo(command);
        command.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var reading = await sources.CollectAsync(fleet.Read(parsed), parsed, cancellationToken);
            return await AnswerWriter.WriteAsync(WorkersStatus.Of(reading.Snapshot, reading.Report), parsed.GetValue(output), cancellationToken);
        });
        return new Command("workers", "Shows the workers.") { command };
    }
}
