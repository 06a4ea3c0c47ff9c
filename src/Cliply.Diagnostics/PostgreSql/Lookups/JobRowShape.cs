namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What the catalog says of a job's row beyond <see cref="JobTable"/>.</summary>
internal sealed record JobRowShape
{
    /// <summary>The columns that this role may read, with the names of their types.</summary>
    public required IReadOnlyDictionary<string, string> Columns { get; init; }

    /// <summary>Columns that are there and that this role may not read.</summary>
    public required IReadOnlyList<string> Unreadable { get; init; }

    /// <summary>The default of the state column, as an expression; null where it has none.</summary>
    public string? StateDefault { get; init; }

    /// <summary>How many rows the table has, as the server estimates it; null where it can't tell, as for a view.</summary>
    public long? Rows { get; init; }

    /// <summary>Whether reading the whole table costs next to nothing.</summary>
    public bool IsSmall { get; init; }

    /// <summary>The columns of the events table; empty where there is none or it may not be read.</summary>
    public required IReadOnlyDictionary<string, string> EventColumns { get; init; }

    /// <summary>Whether reading all events costs next to nothing.</summary>
    public bool AreEventsFew { get; init; }

    /// <summary>Whether the function that takes jobs back from silent workers is there.</summary>
    public bool HasRecovery { get; init; }

    /// <summary>The job's id.</summary>
    public const string Id = "id";

    public JobIdType IdType => Columns.GetValueOrDefault(Id) switch
    {
        "uuid" => JobIdType.Uuid,
        "int2" or "int4" or "int8" => JobIdType.Number,
        "text" or "varchar" => JobIdType.Text,
        _ => JobIdType.Other,
    };
}
