using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>Finds the job that the user means, or says why not.</summary>
internal static class JobSearch
{
    /// <exception cref="CliException">There is no such job, more than one, or no way to find it.</exception>
    public static async Task<JobDetails> FindAsync(JobStoreSession session, string id, CancellationToken cancellationToken)
    {
        var name = TextSanitizer.Sample(id, 100);
        return await Progress.WhileAsync("looking for the job", session.Lookup.FindAsync(id, cancellationToken)) switch
        {
            JobLookup.Found found => found.Job,
            JobLookup.Malformed malformed => throw new CliException(ExitCodes.Usage, malformed.Problem),
            JobLookup.Ambiguous ambiguous => throw new CliException(ExitCodes.BadInput, Ambiguous(name, ambiguous)),
            JobLookup.Unindexed unindexed => throw new CliException(ExitCodes.Inconclusive,
                $"no index leads to a job by its id, and reading the whole table would take too long. Create one at a quiet time: {unindexed.IndexSql};"),
            JobLookup.Failed failed => throw session.Unanswered(failed.Failure),
            JobLookup.NotFound notFound => throw new CliException(ExitCodes.BadInput, NotFound(name, notFound)),
            var other => throw new InvalidOperationException($"A lookup ends in no {other.GetType().Name}."),
        };
    }

    private static string NotFound(string? id, JobLookup.NotFound notFound) =>
        (notFound.OnlyWholeIds ? $"no job has the id '{id}'. Only whole ids are looked for here; give all of it." : $"no job's id starts with '{id}'.")
        + (notFound.MayBeHidden ? " Row-level security may hide it from this role." : "");

    private static string Ambiguous(string? id, JobLookup.Ambiguous ambiguous) =>
        $"{(ambiguous.HasMore ? $"more than {ambiguous.First.Count}" : $"{ambiguous.First.Count}")} jobs' ids start with '{id}'. Give more of it:{string.Concat(ambiguous.First.Select(j => $"\n  {j.Id}  {j.Kind}  {j.State}"))}{(ambiguous.HasMore ? "\n  …" : "")}";
}
