using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>A label selector as <c>kubectl -l</c> takes it: <c>a=b</c>, <c>a!=b</c>, <c>a in (b,c)</c>, <c>a notin (b,c)</c>, <c>a</c>, <c>!a</c>, joined by commas.</summary>
internal sealed class LabelSelector
{
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./");

    private readonly List<Requirement> _requirements;

    private LabelSelector(List<Requirement> requirements) => _requirements = requirements;

    public static LabelSelector Parse(string text) =>
        TryParse(text, out var selector) ? selector : throw new ArgumentException("not a label selector", nameof(text));

    public static bool TryParse(string text, [NotNullWhen(true)] out LabelSelector? selector)
    {
        selector = null;
        var requirements = new List<Requirement>();
        foreach (var part in Split(text))
        {
            if (ReadRequirement(part.Trim()) is not { } requirement)
            {
                return false;
            }

            requirements.Add(requirement);
        }

        selector = new LabelSelector(requirements);
        return requirements.Count > 0;
    }

    public bool Matches(IReadOnlyDictionary<string, string>? labels) => _requirements.TrueForAll(r => r.Matches(labels));

    /// <summary>The same as a workload states it; null where it states none.</summary>
    public static string? TextOf(WorkloadSelector? selector)
    {
        var parts = new List<string>();
        foreach (var (key, value) in selector?.MatchLabels ?? new())
        {
            parts.Add($"{key}={value}");
        }

        foreach (var expression in selector?.MatchExpressions ?? [])
        {
            var values = $"({string.Join(',', expression.Values ?? [])})";
            parts.Add(expression.Operator switch
            {
                "In" => $"{expression.Key} in {values}",
                "NotIn" => $"{expression.Key} notin {values}",
                "DoesNotExist" => $"!{expression.Key}",
                _ => $"{expression.Key}",
            });
        }

        return parts.Count == 0 ? null : string.Join(',', parts);
    }

    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static Requirement? ReadRequirement(string part)
    {
        if (part.StartsWith('!'))
        {
            return Of(part[1..], [], isIn: false, canBeAbsent: true, mustBeAbsent: true);
        }

        if (part.EndsWith(')') && part.IndexOf('(', StringComparison.Ordinal) is > 0 and var open)
        {
            string[] values = [.. part[(open + 1)..^1].Split(',').Select(v => v.Trim())];
            return part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
            {
                [var key, "in"] => Of(key, values, isIn: true, canBeAbsent: false),
                [var key, "notin"] => Of(key, values, isIn: false, canBeAbsent: true),
                _ => null,
            };
        }

        var sign = part.IndexOf('=', StringComparison.Ordinal);
        return sign switch
        {
            < 0 => Of(part, [], isIn: false, canBeAbsent: false),
            > 0 when part[sign - 1] == '!' => Of(part[..(sign - 1)], [part[(sign + 1)..]], isIn: false, canBeAbsent: true),
            _ => Of(part[..sign], [part[(part.AsSpan(sign).StartsWith("==") ? sign + 2 : sign + 1)..]], isIn: true, canBeAbsent: false),
        };
    }

    private static Requirement? Of(string key, string[] values, bool isIn, bool canBeAbsent, bool mustBeAbsent = false)
    {
        key = key.Trim();
        values = [.. values.Select(v => v.Trim())];
        return key.Length > 0 && IsWord(key) && values.All(IsWord) ? new Requirement(key, values, isIn, canBeAbsent, mustBeAbsent) : null;

        static bool IsWord(string text) => !text.AsSpan().ContainsAnyExcept(WordCharacters);
    }

    private sealed record Requirement(string Key, string[] Values, bool IsIn, bool CanBeAbsent, bool MustBeAbsent)
    {
        public bool Matches(IReadOnlyDictionary<string, string>? labels) =>
            labels is not null && labels.TryGetValue(Key, out var value)
                ? !MustBeAbsent && Values.Contains(value, StringComparer.Ordinal) == IsIn
                : CanBeAbsent;
    }
}
