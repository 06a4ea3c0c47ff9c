using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>What the catalog says of the job store; looked at once and again after a minute.</summary>
internal sealed record JobTable
{
    public required string Schema { get; init; }

    public required string Table { get; init; }

    public required JobColumns Columns { get; init; }

    /// <summary>The states that the column can hold: all that are known, or the labels of its enum.</summary>
    public required IReadOnlySet<string> States { get; init; }

    /// <summary>The quoted enum type of the state column; null where it is a text.</summary>
    public string? StateType { get; init; }

    /// <summary>Whether every job has a kind: the column is not null.</summary>
    public bool IsKindRequired { get; init; }

    /// <summary>Whether every job has a due time: the column is not null.</summary>
    public bool IsRunAtRequired { get; init; }

    /// <summary>Whether row-level security may hide some of the jobs from this role.</summary>
    public bool MayHideJobs { get; init; }

    /// <summary>Whether an index leads to unfinished jobs by state and kind.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>The events table, quoted; null where it is not there or may not be read.</summary>
    public string? Events { get; init; }

    /// <summary>
    /// The table in which workers announce themselves, quoted; null where it is not there, nobody ever did, or not every row
    /// may be read.
    /// </summary>
    public string? Workers { get; init; }

    /// <summary>Why the workers' table, which is there, can't be used; null: it can, or there is none.</summary>
    public string? WorkersProblem { get; init; }

    public bool IsReadOnly { get; init; }

    public IReadOnlyList<string> MissingFunctions { get; init; } = [];

    public IReadOnlyList<MissingIndex> MissingIndexes { get; init; } = [];

    /// <summary>Null where reading the errors was too slow.</summary>
    public IReadOnlyList<QueueError>? Errors { get; init; }

    public string QuotedTable => Sql.Name(Schema, Table);

    public string[] StatesOf(string[] group) => [.. group.Where(States.Contains)];
}
