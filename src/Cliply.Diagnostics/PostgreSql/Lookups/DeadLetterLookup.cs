using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What came of looking for dead letters.</summary>
internal abstract record DeadLetterLookup
{
    private DeadLetterLookup()
    {
    }

    public sealed record Found(DeadLetterList List) : DeadLetterLookup;

    /// <summary>Finding them would read the whole table.</summary>
    /// <param name="IndexSql">The index that leads to them.</param>
    public sealed record Unindexed(string IndexSql) : DeadLetterLookup;

    public sealed record Failed(JobStoreFailure Failure) : DeadLetterLookup;
}
