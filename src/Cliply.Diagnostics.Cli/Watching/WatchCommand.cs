using System.CommandLine;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Watching;

/// <summary><c>cliply watch</c>: the diagnosis, live.</summary>
internal static class WatchCommand
{
    /// <summary>How many readings are remembered.</summary>
    private const int Remembered = 720;

    public static Command Create()
    {
        var interval = DurationOption.Create("--interval", "How long to wait between readings. Default: 5s.", TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1));
        var count = new Option<int?>("--count") { Description = "End after so many readings, with the exit code of the last. Default: none, until Ctrl+C.", HelpName = "N" };
        var output = new Option<OutputFormat>("--output", "-o")
        {
            Description = "table for people, json for programs: one report a line. Default: table.",
            HelpName = "table|json",
            CustomParser = OutputOption.Parser("table", "json"),
        };
        var fleet = new FleetOptions();
        var sources = new EvidenceSources();
        var command = new Command("watch", """
            Shows the fleet live: the verdict, sparklines of workers, backlog and dead letters, and a log of changes. In a pipe it writes the changes alone, a line each.

            Exit codes: 130 ended by Ctrl+C; with --count those of the last reading: 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive; 64 wrong usage.

            Examples:
              cliply watch --database-url "$DATABASE_URL"
              cliply watch --kubernetes workers --interval 15s | tee incident.log
            """) { interval, count };
        fleet.AddTo(command);
        sources.AddTo(command);
        command.Add(output);
        command.Validators.Add(result =>
        {
            if (result.GetResult(count) is { } given && !given.Errors.Any() && result.GetValue(count) is < 1)
            {
                result.AddError("--count must be 1 or more.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await sources.OpenAsync(fleet.Read(parsed), parsed, cancellationToken, builder => builder.Services.Configure<CliplyDiagnosticsOptions>(o => o.SnapshotMaxAge = TimeSpan.Zero));
            var first = await session.ReadAsync(cancellationToken);
            await sources.ReportMissingAsync(session, parsed, first.Report);
            return await WatchAsync(session, first, parsed.GetValue(interval) ?? TimeSpan.FromSeconds(5), parsed.GetValue(count), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    private static async Task<int> WatchAsync(FleetSession session, FleetReading first, TimeSpan interval, int? count, OutputFormat output, CancellationToken cancellationToken)
    {
        var changes = new FleetChanges();
        var log = new List<FleetChange>();
        var rows = new List<WatchedNumbers>();
        using var screen = Terminal.IsInteractive && output == OutputFormat.Table ? new WatchScreen() : null;
        var reading = first;
        for (var number = 1; ; number++)
        {
            var newest = changes.Next(reading.Report);
            log.AddRange(newest);
            rows.Add(WatchedNumbers.Of(reading.Snapshot));
            Trim(log);
            Trim(rows);
            if (screen is not null)
            {
                screen.Show(WatchPage.Of(reading.Report, rows, log, interval));
            }
            else if (output == OutputFormat.Json)
            {
                await Console.Out.WriteLineAsync(System.Text.Encoding.UTF8.GetString(ReportJson.Write(reading.Report)));
            }
            else
            {
                foreach (var change in newest)
                {
                    await Console.Out.WriteLineAsync($"{ReportWords.Of(change.At)}  {(change.Severity is { } severity ? $"{ReportWords.Of(severity)}: " : "")}{Logs.TextSanitizer.WithoutControlCharacters(change.Text, 4_000)}");
                }
            }

            await Console.Out.FlushAsync(cancellationToken);
            if (number == count)
            {
                return ExitCodes.Of(reading.Report.Status);
            }

            await Task.Delay(interval, cancellationToken);
            reading = await session.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(cancellationToken);
        }
    }

    private static void Trim<T>(List<T> list) => list.RemoveRange(0, Math.Max(0, list.Count - Remembered));
}
