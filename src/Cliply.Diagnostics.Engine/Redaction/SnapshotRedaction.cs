using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Redacts every text of a snapshot. A name is the same everywhere, so that an instance's parts still belong together.</summary>
internal sealed class SnapshotRedaction(SecretRedactor redactor)
{
    private readonly Dictionary<string, string> _done = new(StringComparer.Ordinal);

    public DiagnosticSnapshot Apply(DiagnosticSnapshot snapshot) => snapshot with
    {
        Workers = Of(snapshot.Workers, w => w with { Items = Each(w.Items, i => i with { Id = Text(i.Id) }) }),
        Queue = Of(snapshot.Queue, q => q with
        {
            Errors = Each(q.Errors, e => e with { Pattern = Text(e.Pattern), Kinds = Each(e.Kinds, Text), Sample = Text(e.Sample) }),
            Kinds = Each(q.Kinds, k => k with { Kind = Text(k.Kind) }),
        }),
        Binaries = OfList(snapshot.Binaries, b => b with { Name = Text(b.Name), Version = Text(b.Version), Path = Text(b.Path), FoundOutsidePath = Text(b.FoundOutsidePath) }),
        Database = Of(snapshot.Database, d => d with
        {
            SqlState = Text(d.SqlState),
            MissingFunctions = Each(d.MissingFunctions, Text),
            MissingIndexes = Each(d.MissingIndexes, i => i with { Purpose = Text(i.Purpose), Sql = Text(i.Sql) }),
        }),
        Environment = Of(snapshot.Environment, e => e with
        {
            MissingRequired = Each(e.MissingRequired, Text),
            MissingRecommended = Each(e.MissingRecommended, Text),
            Invalid = Each(e.Invalid, i => i with { Name = Text(i.Name), Reason = Text(i.Reason) }),
        }),
        Deployments = OfList(snapshot.Deployments, d => d with
        {
            Name = Text(d.Name),
            Instances = Each(d.Instances, i => i with { Id = Text(i.Id), Reason = Text(i.Reason), LastTerminationReason = Text(i.LastTerminationReason) }),
        }),
        Resources = OfList(snapshot.Resources, r => r with { Instance = Text(r.Instance) }),
        Logs = OfList(snapshot.Logs, l => l with
        {
            Source = Text(l.Source),
            DominantPattern = Text(l.DominantPattern),
            Findings = Each(l.Findings, f => f with { Pattern = Text(f.Pattern), Sample = Text(f.Sample) }),
        }),
        History = Failed(snapshot.History) ?? snapshot.History,
    };

    private Section<T> Of<T>(Section<T> section, Func<T, T> redact)
        where T : class =>
        section.IsKnown ? redact(section.Value) : Failed(section) ?? section;

    private Section<IReadOnlyList<T>> OfList<T>(Section<IReadOnlyList<T>> section, Func<T, T> redact) =>
        section.IsKnown ? Section.List<T>([.. section.Value.Select(redact)]) : Failed(section) ?? section;

    private Section<T>? Failed<T>(Section<T> section)
        where T : class =>
        section.Unavailable is { } failure ? Section<T>.OfFailure(failure with { Code = Text(failure.Code), Message = Text(failure.Message) }) : default(Section<T>?);

    private static List<T>? Each<T>(IReadOnlyList<T>? items, Func<T, T> redact) => items is null ? null : [.. items.Select(redact)];

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private string? Text(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (!_done.TryGetValue(text, out var redacted))
        {
            _done.Add(text, redacted = redactor.Redact(text));
        }

        return redacted;
    }
}
