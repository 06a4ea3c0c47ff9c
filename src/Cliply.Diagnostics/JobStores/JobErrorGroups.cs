using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.JobStores;

/// <summary>Groups the error texts of failed jobs by log pattern.</summary>
internal sealed class JobErrorGroups(LogPatternMatcher matcher)
{
    /// <summary>How many of the newest failures are read.</summary>
    public const int NewestFailures = 1_000;

    /// <summary>How much of an error text is read, in characters.</summary>
    public const int ErrorLength = 2_000;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Takes one failed job in.</summary>
    /// <param name="kind">The job's kind.</param>
    /// <param name="error">Its error text; null or blank is an error of no pattern.</param>
    /// <param name="failedAt">When it failed; null: not observable.</param>
    public void Add(string? kind, string? error, DateTimeOffset? failedAt)
    {
        var pattern = error is null ? null : matcher.FirstMatch(error);
        if (!_groups.TryGetValue(pattern ?? "", out var group))
        {
            _groups.Add(pattern ?? "", group = new Group(pattern));
        }

        group.Count++;
        if (kind is not null)
        {
            group.Kinds.Add(kind);
        }

        if (group.LastAt is null || failedAt > group.LastAt)
        {
            group.LastAt = failedAt;
        }

        group.Sample ??= string.IsNullOrWhiteSpace(error) ? null : matcher.Sample(error, isCut: error.Length >= ErrorLength);
    }

    /// <summary>The groups, largest first.</summary>
    public IReadOnlyList<QueueError> ToList() =>
    [
        .. _groups.Values
            .OrderByDescending(g => g.Count)
            .ThenBy(g => g.Pattern, StringComparer.Ordinal)
            .Select(g => new QueueError { Pattern = g.Pattern, Count = g.Count, LastAt = g.LastAt, Kinds = [.. g.Kinds], Sample = g.Sample }),
    ];

    private sealed class Group(string? pattern)
    {
        public string? Pattern => pattern;

        public long Count { get; set; }

        public DateTimeOffset? LastAt { get; set; }

        public SortedSet<string> Kinds { get; } = new(StringComparer.Ordinal);

        public string? Sample { get; set; }
    }
}
