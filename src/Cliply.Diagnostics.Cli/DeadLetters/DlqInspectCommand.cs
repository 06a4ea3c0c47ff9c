using System.CommandLine;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary><c>cliply dlq inspect ID</c>.</summary>
internal static class DlqInspectCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The job's id; its start is enough where no other id starts so." };
        var output = OutputOption.Create();
        var fleet = new FleetOptions();
        var command = new Command("inspect", """
            Says of one dead letter whether queueing it again is safe and why, what to fix first, and the SQL that does it, for you to run.

            Exit codes: 0 shown, 3 not known; 64 wrong usage, 65 no such dead letter or more than one job, 69 the database can't be read.

            Examples:
              cliply dlq inspect 3f2a9c81-5b7e-4d06-9a1f-0c8e2b7d4e55
              cliply dlq inspect 3f2a --output json | jq .requeue.verdict
            """) { id };
        fleet.AddTo(command);
        command.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await JobStoreSession.OpenAsync(fleet.Read(parsed));
            var job = await JobSearch.FindAsync(session, parsed.GetValue(id)!, cancellationToken);
            if (job.Meaning != JobState.DeadLetter)
            {
                throw new CliException(ExitCodes.BadInput, $"the job {job.Id} is no dead letter: its state is '{job.State}'. See cliply jobs status {job.Id}.");
            }

            var answer = DeadLetterInspection.Of(job, await FindSameAsync(session, job.ErrorPattern, cancellationToken), session.Options.Thresholds);
            return await AnswerWriter.WriteAsync(answer.Redacted(session.Redactor), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    /// <summary>Those that died of the same; null where that can't be told without reading the whole table.</summary>
    private static async Task<SameDeaths?> FindSameAsync(JobStoreSession session, string? pattern, CancellationToken cancellationToken)
    {
        if (pattern is null || await session.Lookup.ListDeadLettersAsync(limit: 1, kind: null, cancellationToken) is not DeadLetterLookup.Found { List: var list })
        {
            return null;
        }

        var groups = list.Groups.Where(g => g.Pattern == pattern).ToList();
        return new SameDeaths(groups.Sum(g => g.Count), list.Examined, groups.Max(g => g.Newest));
    }
}
