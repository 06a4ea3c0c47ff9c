namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>The newest dead letters, and all that were looked at in groups.</summary>
internal sealed record DeadLetterList
{
    /// <summary>How many of the newest are looked at for the groups.</summary>
    public const int NewestExamined = 1_000;

    /// <summary>The database's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The newest first.</summary>
    public required IReadOnlyList<DeadLetter> Rows { get; init; }

    /// <summary>The largest first.</summary>
    public required IReadOnlyList<DeadLetterGroup> Groups { get; init; }

    /// <summary>How many the groups were made of.</summary>
    public required long Examined { get; init; }

    public required long Total { get; init; }

    /// <summary>Whether counting them stopped at the cap.</summary>
    public required bool IsTotalLowerBound { get; init; }

    /// <summary>Whether row-level security may hide some.</summary>
    public required bool MayHideSome { get; init; }
}
