using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>Groups dead letters by the pattern of their errors and by kind.</summary>
/// <param name="patterns">Take the secrets out of samples.</param>
internal sealed class DeadLetterGroups(LogPatternMatcher patterns)
{
    private readonly Dictionary<(string? Pattern, string Kind), Group> _groups = [];

    /// <summary>Takes one in; the newest come first.</summary>
    public void Add(string? pattern, string kind, string? error, DateTimeOffset? deadSince)
    {
        if (!_groups.TryGetValue((pattern, kind), out var group))
        {
            _groups.Add((pattern, kind), group = new Group(deadSince, patterns.Sample(error, isCut: error?.Length >= JobErrorGroups.ErrorLength)));
        }

        group.Count++;
    }

    /// <summary>The largest first.</summary>
    /// <param name="name">Makes a kind safe to publish.</param>
    public IReadOnlyList<DeadLetterGroup> ToList(Func<string, string> name) =>
    [
        .. _groups
            .OrderByDescending(g => g.Value.Count)
            .ThenBy(g => g.Key.Pattern, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Kind, StringComparer.Ordinal)
            .Select(g => new DeadLetterGroup(g.Key.Pattern, name(g.Key.Kind), g.Value.Count, g.Value.Newest, g.Value.Sample)),
    ];

    private sealed class Group(DateTimeOffset? newest, string? sample)
    {
        public DateTimeOffset? Newest => newest;

        public string? Sample => sample;

        public long Count { get; set; }
    }
}
