using System.Buffers;
using System.Text;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Logs;

/// <summary>Finds which of a set of patterns a line or error text shows, and takes the secrets out of what is shown of it.</summary>
public sealed class LogPatternMatcher
{
    private const int OtherLetters = 128;

    private readonly ILogPattern[] _patterns;
    private readonly SearchValues<string> _phrases;
    private readonly SecretRedactor _redactor;
    private readonly (int Pattern, string Phrase)[][] _byFirstLetter;
    private readonly int[] _missingPrograms;
    private readonly int _missingFile;

    /// <summary>The built-in patterns and the host's own.</summary>
    /// <param name="additional">The host's own patterns; they come after the built-in ones.</param>
    /// <param name="recommendedVariables">Variables whose absence is no fault; null: SENTRY_DSN and LOG_LEVEL.</param>
    /// <param name="redactor">Takes secrets out of samples; null: one that knows none, and finds them by their names and forms.</param>
    /// <exception cref="ArgumentException">Two patterns share a code, or one has no phrase or an empty one.</exception>
    public LogPatternMatcher(IEnumerable<ILogPattern>? additional = null, IEnumerable<string>? recommendedVariables = null, SecretRedactor? redactor = null)
    {
        _redactor = redactor ?? SecretRedactor.PatternsOnly;
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

        var phrases = _patterns.SelectMany((p, i) => p.Phrases.Select(phrase => (Pattern: i, Phrase: phrase))).ToList();
        _phrases = SearchValues.Create([.. phrases.Select(p => p.Phrase)], StringComparison.OrdinalIgnoreCase);
        Needles = [.. phrases.SelectMany(p => NeedlesOf(p.Pattern, p.Phrase))];
        NeedleSearch = new PhraseSearch(Needles.Select(n => n.Bytes));
        _byFirstLetter = [.. Enumerable.Range(0, OtherLetters + 1).Select(letter => phrases.Where(p => LetterOf(p.Phrase[0]) == letter).ToArray())];
        _missingPrograms = [IndexOf(BuiltInLogPatterns.FfmpegNotFound), IndexOf(BuiltInLogPatterns.YtDlpNotFound)];
        _missingFile = IndexOf(BuiltInLogPatterns.SourceFileMissing);
    }

    /// <summary>All patterns, built-in ones first.</summary>
    public IReadOnlyList<ILogPattern> Patterns => _patterns;

    /// <summary>A part of a text, safe to publish: as <see cref="TextSanitizer.Sample"/>, with the secrets that are known here. It is here
    /// because whoever makes a sample holds a matcher, so that none is forgotten.</summary>
    /// <param name="text">The text; null gives null.</param>
    /// <param name="isCut">Whether the text goes on where it was read.</param>
    /// <param name="maxLength">The longest result in characters. Default 300.</param>
    public string? Sample(string? text, bool isCut, int maxLength = 300) => TextSanitizer.Sample(text, maxLength, _redactor, isCut);

    /// <summary>The phrases as bytes.</summary>
    internal Needle[] Needles { get; }

    /// <summary>Finds <see cref="Needles"/>.</summary>
    internal PhraseSearch NeedleSearch { get; }

    /// <summary>The code of the first pattern that the text shows; null where it shows none.</summary>
    /// <param name="text">One log line or error text.</param>
    public string? FirstMatch(ReadOnlySpan<char> text)
    {
        var shown = ArrayPool<bool>.Shared.Rent(_patterns.Length);
        try
        {
            var patterns = shown.AsSpan(0, _patterns.Length);
            patterns.Clear();
            return Find(text, 0, patterns) ? _patterns[patterns.IndexOf(true)].Code : null;
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(shown);
        }
    }

    /// <summary>Marks every pattern that a text shows.</summary>
    /// <param name="text">One log line or error text.</param>
    /// <param name="start">Where to start looking; a phrase before it is known not to be there.</param>
    /// <param name="shown">One entry for each of <see cref="Patterns"/>; set to true where it is shown, and otherwise left alone.</param>
    /// <returns>Whether one is shown at all.</returns>
    internal bool Find(ReadOnlySpan<char> text, int start, Span<bool> shown)
    {
        var any = false;
        int found;
        while (start < text.Length && (found = text[start..].IndexOfAny(_phrases)) >= 0)
        {
            start += found;
            var here = text[start..];
            foreach (var (pattern, phrase) in _byFirstLetter[LetterOf(here[0])])
            {
                if (!shown[pattern] && here.StartsWith(phrase, StringComparison.OrdinalIgnoreCase) && _patterns[pattern].Confirms(text, start, phrase.Length))
                {
                    shown[pattern] = any = true;
                }
            }

            start++;
        }

        if (any)
        {
            Settle(shown);
        }

        return any;
    }

    /// <summary>A program that is missing is told with ENOENT too; that is no missing file.</summary>
    internal void Settle(Span<bool> shown) => shown[_missingFile] &= !shown[_missingPrograms[0]] && !shown[_missingPrograms[1]];

    private IEnumerable<Needle> NeedlesOf(int pattern, string phrase)
    {
        if (phrase.AsSpan().ContainsAny('\r', '\n'))
        {
            return [];
        }

        if (Ascii.IsValid(phrase))
        {
            return [new Needle(pattern, Encoding.ASCII.GetBytes(phrase), _patterns[pattern] as BuiltInLogPatterns.BuiltInPattern)];
        }

        // The upper and lower case of other letters are other bytes, and not of one length.
        var longest = new string([.. phrase.Select(c => char.IsAscii(c) ? c : '\0')]).Split('\0').MaxBy(part => part.Length)!;
        return (longest.Length > 0 ? [longest] : new[] { phrase, phrase.ToUpperInvariant(), phrase.ToLowerInvariant() })
            .Select(text => new Needle(pattern, Encoding.UTF8.GetBytes(text), null));
    }

    /// <summary>Bytes that occur in every line that shows a pattern by a phrase.</summary>
    /// <param name="Pattern">The pattern's index.</param>
    /// <param name="Bytes">The bytes.</param>
    /// <param name="ByBytes">The pattern, where it can look at the bytes; otherwise the line has to be decoded.</param>
    internal sealed record Needle(int Pattern, byte[] Bytes, BuiltInLogPatterns.BuiltInPattern? ByBytes)
    {
        /// <summary>Whether the bytes are enough.</summary>
        public bool IsEnough { get; } = ByBytes is BuiltInLogPatterns.PhrasePattern;
    }

    private static int LetterOf(char c) => char.IsAscii(c) ? char.ToLowerInvariant(c) : OtherLetters;

    private int IndexOf(string code) => Array.FindIndex(_patterns, p => p.Code == code);
}
