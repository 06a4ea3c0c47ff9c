namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>A job's events, or why they are not known.</summary>
internal abstract record JobEvents
{
    private JobEvents()
    {
    }

    /// <param name="Items">The newest, the oldest of them first.</param>
    /// <param name="Total">How many there are.</param>
    public sealed record Known(IReadOnlyList<JobEvent> Items, long Total) : JobEvents;

    /// <summary>There is no events table that names the job and may be read.</summary>
    public sealed record NotKept : JobEvents;

    /// <summary>Finding them would read all events.</summary>
    /// <param name="IndexSql">The index that leads to them.</param>
    public sealed record Unindexed(string IndexSql) : JobEvents;
}
