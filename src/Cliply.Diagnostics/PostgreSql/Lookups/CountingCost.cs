using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What counting the queue costs.</summary>
internal abstract record CountingCost
{
    private CountingCost()
    {
    }

    /// <summary>Next to nothing: an index leads to unfinished jobs, or the table is small.</summary>
    public sealed record Small : CountingCost;

    /// <summary>It would read the whole table.</summary>
    /// <param name="IndexSql">The index that leads to unfinished jobs.</param>
    /// <param name="Rows">The server's estimate; null where it has none.</param>
    public sealed record Scan(string IndexSql, long? Rows) : CountingCost;

    public sealed record Failed(JobStoreFailure Failure) : CountingCost;
}
