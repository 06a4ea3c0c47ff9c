using System.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary><c>cliply jobs stats</c> (runbook: Step 2).</summary>
internal static class JobsStatsCommand
{
    public static Command Create()
    {
        var scan = new Option<bool>("--scan") { Description = "Count though no index leads to unfinished jobs, by reading the whole table." };
        var output = OutputOption.Create();
        var fleet = new FleetOptions();
        var command = new Command("stats", """
            Shows the queue in numbers, in all and by kind: runnable, scheduled, running, failed, dead letters, the oldest; and the rates of the last 5 minutes.

            Exit codes: 0 shown, 3 not known; 64 wrong usage, 69 the database can't be read.

            Examples:
              cliply jobs stats --database-url "$DATABASE_URL"
              cliply jobs stats --output json | jq .queue.runnable
            """) { scan };
        fleet.AddTo(command);
        command.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await JobStoreSession.OpenAsync(fleet.Read(parsed));
            return await AnswerWriter.WriteAsync((await ReadAsync(session, parsed.GetValue(scan), cancellationToken)).Redacted(session.Redactor), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    /// <exception cref="CommandLine.CliException">The job store can't be read.</exception>
    public static async Task<Answer> ReadAsync(JobStoreSession session, bool scan, CancellationToken cancellationToken)
    {
        var cost = await session.Lookup.FindCountingCostAsync(cancellationToken);
        switch (cost)
        {
            case CountingCost.Failed failed:
                throw session.Unanswered(failed.Failure);
            case CountingCost.Scan costly when !scan:
                return JobsStats.OfUnindexed(costly);
        }

        var evidence = await session.CollectAsync(cancellationToken);
        return evidence.Database.Value is { Status: not Evidence.DatabaseStatus.Ok } database
            ? throw session.Unanswered(new JobStores.JobStoreFailure(database.Status, evidence.Queue.Unavailable?.Message ?? $"{database.Status}", database.SqlState))
            : JobsStats.Of(evidence, session.Options.Thresholds, cost is CountingCost.Small);
    }
}
