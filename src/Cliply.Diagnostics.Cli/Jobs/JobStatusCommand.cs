using System.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary><c>cliply jobs status ID</c>.</summary>
internal static class JobStatusCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The job's id; its start is enough where no other id starts so." };
        var output = OutputOption.Create();
        var fleet = new FleetOptions();
        var command = new Command("status", """
            Explains one job: what its state means and what the runbook says of it, its attempts, times, lock, heartbeat, error and events.

            Exit codes: 0 shown, 3 not known; 64 wrong usage, 65 no such job or more than one, 69 the database can't be read.

            Examples:
              cliply jobs status 3f2a9c81-5b7e-4d06-9a1f-0c8e2b7d4e55
              cliply jobs status 3f2a --output json | jq .meaning
            """) { id };
        fleet.AddTo(command);
        command.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await JobStoreSession.OpenAsync(fleet.Read(parsed));
            var job = await JobSearch.FindAsync(session, parsed.GetValue(id)!, cancellationToken);
            return await AnswerWriter.WriteAsync(JobStatus.Of(job, session.Options.Thresholds).Redacted(session.Redactor), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }
}
