using System.Buffers;

namespace Cliply.Diagnostics.Logs;

/// <summary>Finds which of a set of patterns a line or error text shows.</summary>
public sealed class LogPatternMatcher
{
    private readonly ILogPattern[] _patterns;
    private readonly SearchValues<string>[] _phrases;

    /// <summary>The built-in patterns and the host's own.</summary>
    /// <param name="additional">The host's own patterns; they come after the built-in ones.</param>
    /// <param name="recommendedVariables">Variables whose absence is no fault; null: SENTRY_DSN and LOG_LEVEL.</param>
    /// <exception cref="ArgumentException">Two patterns share a code, or one has no phrase or an empty one.</exception>
    public LogPatternMatcher(IEnumerable<ILogPattern>? additional = null, IEnumerable<string>? recommendedVariables = null)
    {
        _patterns = [.. BuiltInLogPatterns.All, .. additional ?? []];
        if (recommendedVariables is not null)
        {
            _patterns[0] = BuiltInLogPatterns.CreateEnvNotConfigured(recommendedVariables);
        }

        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in _patterns)
        {
            if (!codes.Add(pattern.Code))
            {
                throw new ArgumentException($"The log pattern '{pattern.Code}' is there twice. Give each pattern a code of its own.", nameof(additional));
            }

            if (pattern.Phrases.Count == 0 || pattern.Phrases.Any(string.IsNullOrEmpty))
            {
                throw new ArgumentException($"The log pattern '{pattern.Code}' has no phrase, or an empty one. Give it at least one text to look for.", nameof(additional));
            }
        }

        _phrases = [.. _patterns.Select(p => SearchValues.Create([.. p.Phrases], StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>All patterns, built-in ones first.</summary>
    public IReadOnlyList<ILogPattern> Patterns => _patterns;

    /// <summary>The code of the first pattern that the text shows; null where it shows none.</summary>
    /// <param name="text">One log line or error text.</param>
    public string? FirstMatch(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < _patterns.Length; i++)
        {
            if (Matches(i, text))
            {
                return _patterns[i].Code;
            }
        }

        return null;
    }

    private bool Matches(int index, ReadOnlySpan<char> text)
    {
        var offset = 0;
        while (offset < text.Length)
        {
            var found = text[offset..].IndexOfAny(_phrases[index]);
            if (found < 0)
            {
                return false;
            }

            var start = offset + found;
            if (_patterns[index].Confirms(text, start, PhraseLength(index, text[start..])))
            {
                return true;
            }

            offset = start + 1;
        }

        return false;
    }

    private int PhraseLength(int index, ReadOnlySpan<char> text)
    {
        foreach (var phrase in _patterns[index].Phrases)
        {
            if (text.StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return phrase.Length;
            }
        }

        return 0;
    }
}
