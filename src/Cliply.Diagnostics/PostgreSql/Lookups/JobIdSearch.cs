using System.Globalization;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What a user gave for a job's id, as conditions that an index can serve.</summary>
/// <param name="Whole">The id, where it can be a whole one.</param>
/// <param name="From">The first id that starts so; null where there are no prefixes.</param>
/// <param name="To">The last one of a UUID; null for text.</param>
internal sealed record JobIdSearch(string? Whole, string? From, string? To)
{
    /// <summary>The longest id that is looked for, in characters.</summary>
    public const int MaxLength = 500;

    private const int UuidDigits = 32;

    private static readonly int[] Hyphens = [8, 13, 18, 23];

    /// <param name="type">What ids are.</param>
    /// <param name="given">What the user gave.</param>
    /// <param name="problem">What is wrong with it and what would be right, for people; null on success.</param>
    public static JobIdSearch? Create(JobIdType type, string given, out string? problem)
    {
        var text = given.Trim();
        (var search, problem) = type switch
        {
            _ when text.Length is 0 or > MaxLength => (null, $"A job's id has 1 to {MaxLength} characters."),
            JobIdType.Uuid when Digits(text) is not { } digits => (null, "Ids are UUIDs here. Give one, or its first digits: 0 to 9 and a to f, with hyphens or without."),
            JobIdType.Uuid when Digits(text) is { Length: UuidDigits } digits => (new JobIdSearch(Uuid(digits), null, null), null),
            JobIdType.Uuid when Digits(text) is { } digits => (new JobIdSearch(null, Uuid(digits.PadRight(UuidDigits, '0')), Uuid(digits.PadRight(UuidDigits, 'f'))), null),
            JobIdType.Number when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => (new JobIdSearch(number.ToString(CultureInfo.InvariantCulture), null, null), null),
            JobIdType.Number => (null, "Ids are whole numbers here. Give one; a part of it is not looked for."),
            JobIdType.Text => (new JobIdSearch(text, text, null), null),
            _ => ((JobIdSearch?)null, (string?)"The table's ids are of a type that is not looked for; uuid, text and whole numbers are."),
        };
        problem = problem is null ? null : $"'{TextSanitizer.Sample(text, 100)}' is no job's id. {problem}";
        return search;
    }

    /// <summary>Text as the start of a pattern of LIKE, in which no character stands for another.</summary>
    public static string Pattern(string prefix) =>
        prefix.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";

    /// <summary>The hexadecimal digits; null where other characters are among them or a hyphen is where a UUID has none.</summary>
    private static string? Digits(string text)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        var isLaidOut = !text.Contains('-', StringComparison.Ordinal) || !text.Where((c, i) => (c == '-') != Hyphens.Contains(i)).Any();
        return isLaidOut && digits.Length is > 0 and <= UuidDigits && digits.All(char.IsAsciiHexDigitLower) ? digits : null;
    }

    private static string Uuid(string digits) => $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}";
}
