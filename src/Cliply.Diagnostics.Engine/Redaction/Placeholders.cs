using System.Buffers;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Values that stand where a secret belongs and are none: variables, words to be replaced, states.</summary>
internal static class Placeholders
{
    /// <summary>A longer value is none, in characters.</summary>
    public const int Longest = 256;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "password", "passwd", "pwd", "pass", "secret", "token", "apikey", "api_key", "api-key", "key", "value", "user", "username",
        "user:password", "user:pass", "username:password", "user:secret", "user:pw", "usr:pwd", "name:password", "key:secret",
        "changeme", "change-me", "change_me", "placeholder", "todo", "tbd", "fixme", "replaceme", "replace-me", "replace_me", "example",
        "redacted", "masked", "hidden", "removed", "omitted", "filtered", "null", "nil", "none", "true", "false", "undefined", "empty",
        "string", "missing", "invalid", "expired", "unset", "set", "required", "optional", "present", "absent", "unknown",
        "yes", "no", "on", "off", "enabled", "disabled", "default", "n/a", "ok", "git", "nobody", "anonymous", "text", "varchar",
        "current-password", "new-password", "one-time-code",
    };

    public static bool IsPlaceholder(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.Length is 0 or > Longest)
        {
            return value.IsEmpty;
        }

        return Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value)
            || IsVariable(value)
            || IsEnclosed(value)
            || IsFiller(value)
            || value.StartsWith("your-", StringComparison.OrdinalIgnoreCase)
            || value.StartsWith("your_", StringComparison.OrdinalIgnoreCase)
            || value.StartsWith("process.env", StringComparison.Ordinal)
            || value.EndsWith("...", StringComparison.Ordinal)
            || value.EndsWith("…", StringComparison.Ordinal);
    }

    /// <summary><c>$NAME</c>, <c>$1</c>, <c>@name</c>, <c>?</c>: whoever runs it puts the value in.</summary>
    private static bool IsVariable(ReadOnlySpan<char> value) =>
        (value[0] == '$' && value.Length > 1 && value[1..].IndexOfAnyExcept(NameCharacters) < 0)
        || (value is ['%', .. { Length: > 0 } name, '%'] && name.IndexOfAnyExcept(NameCharacters) < 0)
        || value is "?" or "$" or "@";

    private static bool IsEnclosed(ReadOnlySpan<char> value) =>
        (value[0] == '<' && value[^1] == '>' && !value.Contains("><", StringComparison.Ordinal))
        || (value.StartsWith("${", StringComparison.Ordinal) && value[^1] == '}' && !value.Contains(":-", StringComparison.Ordinal))
        || (value.StartsWith("$(", StringComparison.Ordinal) && value[^1] == ')')
        || (value.StartsWith("{{", StringComparison.Ordinal) && value.EndsWith("}}", StringComparison.Ordinal))
        || (value[0] == '[' && value[^1] == ']' && Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value[1..^1]));

    /// <summary>"xxx", "***", "user:xxx".</summary>
    private static bool IsFiller(ReadOnlySpan<char> value)
    {
        var letters = 0;
        foreach (var c in value)
        {
            if (c is 'x' or 'X' or '*' or '•')
            {
                letters++;
            }
            else if (c is not ('-' or '_' or '.' or ':'))
            {
                return false;
            }
        }

        return letters >= 3 || (letters == 0 && value.Length > 0);
    }
}
