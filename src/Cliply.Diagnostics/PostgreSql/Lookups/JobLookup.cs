using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What came of looking for one job.</summary>
internal abstract record JobLookup
{
    private JobLookup()
    {
    }

    public sealed record Found(JobDetails Job) : JobLookup;

    /// <param name="MayBeHidden">Whether row-level security may hide it.</param>
    /// <param name="OnlyWholeIds">Whether only a whole id was looked for, for no index leads to ids that start so.</param>
    public sealed record NotFound(bool MayBeHidden, bool OnlyWholeIds) : JobLookup;

    /// <param name="First">At most five.</param>
    /// <param name="HasMore">Whether there are more.</param>
    public sealed record Ambiguous(IReadOnlyList<JobMatch> First, bool HasMore) : JobLookup;

    /// <param name="Problem">What is wrong with the id, for people.</param>
    public sealed record Malformed(string Problem) : JobLookup;

    /// <summary>Finding it would read the whole table.</summary>
    /// <param name="IndexSql">The index that leads to a job by its id.</param>
    public sealed record Unindexed(string IndexSql) : JobLookup;

    public sealed record Failed(JobStoreFailure Failure) : JobLookup;
}
