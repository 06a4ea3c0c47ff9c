using System.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary><c>cliply dlq list</c> (runbook: 4.2).</summary>
internal static class DlqListCommand
{
    private const int MaxRows = 1_000;

    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = $"How many are listed, the newest first: 1 to {MaxRows}. Default: 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, out var number) && number is >= 1 and <= MaxRows))
            {
                result.AddError($"--limit '{result.Tokens[0].Value}' is out of range. Use 1 to {MaxRows}.");
            }
        });
        var kind = new Option<string?>("--kind") { Description = "Only jobs of this kind, such as CLIP_RENDER. Default: all.", HelpName = "KIND" };
        var output = OutputOption.Create();
        var fleet = new FleetOptions();
        var command = new Command("list", """
            Shows jobs that ran out of retries: first in groups by error pattern and kind, then the newest.

            Exit codes: 0 shown, 3 not known; 64 wrong usage, 69 the database can't be read.

            Examples:
              cliply dlq list --limit 20
              cliply dlq list --kind CLIP_RENDER --output markdown
            """) { limit, kind };
        fleet.AddTo(command);
        command.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await JobStoreSession.OpenAsync(fleet.Read(parsed));
            return await AnswerWriter.WriteAsync((await ReadAsync(session, parsed.GetValue(limit), parsed.GetValue(kind), cancellationToken)).Redacted(session.Redactor), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }
    /// <exception cref="CommandLine.CliException">The job store can't be read.</exception>
    public static async Task<Answer> ReadAsync(JobStoreSession session, int limit, string? kind, CancellationToken cancellationToken) =>
        await Progress.WhileAsync("looking for dead letters", session.Lookup.ListDeadLettersAsync(limit, kind, cancellationToken)) switch
        {
            DeadLetterLookup.Found found => DeadLettersAnswer.Of(found.List, kind),
            DeadLetterLookup.Unindexed unindexed => DeadLettersAnswer.OfUnindexed(unindexed),
            DeadLetterLookup.Failed failed => throw session.Unanswered(failed.Failure),
            var other => throw new InvalidOperationException($"A lookup ends in no {other.GetType().Name}."),
        };
}
