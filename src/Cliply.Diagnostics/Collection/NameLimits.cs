using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Collection;

/// <summary>Cuts names that a job table may hold at any length, so that one row does not make every report and metric long.</summary>
internal static class NameLimits
{
    private const int Longest = 200;

    /// <param name="snapshot">Without secrets already: half of one would not be found.</param>
    public static DiagnosticSnapshot Apply(DiagnosticSnapshot snapshot)
    {
        if (snapshot.Workers.Value is { Items: { } workers } evidence && workers.Any(w => w.Id.Length > Longest))
        {
            snapshot = snapshot with { Workers = evidence with { Items = [.. workers.Select(w => w with { Id = Cut(w.Id) })] } };
        }

        if (snapshot.Queue.Value is { } queue && ((queue.Kinds?.Any(k => k.Kind.Length > Longest) ?? false) || (queue.Errors?.Any(e => e.Kinds?.Any(k => k.Length > Longest) ?? false) ?? false)))
        {
            snapshot = snapshot with
            {
                Queue = queue with
                {
                    Kinds = queue.Kinds is { } kinds ? [.. kinds.Select(k => k with { Kind = Cut(k.Kind) })] : null,
                    Errors = queue.Errors is { } errors ? [.. errors.Select(e => e with { Kinds = e.Kinds is { } names ? [.. names.Select(Cut)] : null })] : null,
                },
            };
        }

        return snapshot;
    }

    private static string Cut(string name) =>
        name.Length <= Longest ? name : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[Longest - 2]) ? Longest - 2 : Longest - 1), "…");
}
