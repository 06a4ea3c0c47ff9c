using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Environments;

/// <summary>Tells missing, blank, placeholder and malformed variables apart (runbook: 1.3). Says names and reasons, never a value.</summary>
internal static class EnvironmentRules
{
    private const string SecretKeyPrefix = "sb_secret_";

    private static readonly string[] LogLevels =
        ["trace", "silly", "all", "debug", "verbose", "http", "information", "info", "notice", "warning", "warn", "error", "err", "severe", "critical", "crit", "alert", "emergency", "emerg", "fatal", "panic", "silent", "none", "off"];

    private static readonly string[] Placeholders =
        ["changeme", "change-me", "change_me", "placeholder", "todo", "tbd", "fixme", "replaceme", "replace-me", "replace_me", "undefined", "..."];

    /// <summary>Looks at every variable once.</summary>
    /// <param name="required">Without these a worker can't work.</param>
    /// <param name="recommended">Without these it is harder to operate.</param>
    /// <param name="read">Gives a variable's value; null where it is not set.</param>
    public static EnvironmentEvidence Check(IEnumerable<string> required, IEnumerable<string> recommended, Func<string, string?> read)
    {
        var invalid = new List<InvalidVariable>();
        var missingRequired = Missing(required, isBlankWrong: true);

        // A recommended one that is set to nothing has been switched off on purpose.
        var missingRecommended = Missing(recommended.Except(required, StringComparer.Ordinal), isBlankWrong: false);
        return new EnvironmentEvidence { MissingRequired = missingRequired, MissingRecommended = missingRecommended, Invalid = invalid };

        List<string> Missing(IEnumerable<string> names, bool isBlankWrong)
        {
            var missing = new List<string>();
            foreach (var name in names.Distinct(StringComparer.Ordinal))
            {
                var value = read(name);
                if (value is null || (!isBlankWrong && string.IsNullOrWhiteSpace(value)))
                {
                    missing.Add(name);
                }
                else if (WhatIsWrong(name, value) is { } problem)
                {
                    invalid.Add(new InvalidVariable { Name = name, Reason = problem.Reason });
                }
            }

            return missing;
        }
    }

    /// <summary>What is wrong with a value that is set; null: nothing.</summary>
    internal static VariableProblem? WhatIsWrong(string name, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return new(VariableState.Blank, "is set, but blank");
        }

        if (value.Any(IsInvisible))
        {
            return Malformed("holds a line break or an invisible character");
        }

        if (value != value.Trim())
        {
            return Malformed("starts or ends with a space");
        }

        if (value.Length > 1 && value[0] is '"' or '\'' && value[0] == value[^1])
        {
            return Malformed("is in quotes that are part of the value");
        }

        if (IsPlaceholder(value))
        {
            return new(VariableState.Placeholder, "is a placeholder");
        }

        return name switch
        {
            "SUPABASE_URL" when !(Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.Host.Length > 0) => Malformed("not an absolute https URL"),
            "SUPABASE_SERVICE_ROLE_KEY" when !IsServiceRoleKey(value) => Malformed("neither a JWT of three parts nor a key that starts with sb_secret_"),
            "SENTRY_DSN" when !IsSentryDsn(value) => Malformed("not a Sentry DSN (https://key@host/project)"),
            "LOG_LEVEL" when !LogLevels.Contains(value, StringComparer.OrdinalIgnoreCase) && !byte.TryParse(value, out _) => Malformed("not a log level"),
            _ => null,
        };
    }

    private static VariableProblem Malformed(string reason) => new(VariableState.Malformed, reason);

    private static bool IsInvisible(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>The value itself, or the part of it that was to be filled in: a key behind its prefix, a URL's first name or its key.</summary>
    private static bool IsPlaceholder(string value)
    {
        var isUrl = Uri.TryCreate(value, UriKind.Absolute, out var url);
        return IsPlaceholderText(value)
            || (value.StartsWith(SecretKeyPrefix, StringComparison.Ordinal) && IsPlaceholderText(value[SecretKeyPrefix.Length..]))
            || (isUrl && (IsPlaceholderText(url!.Host.Split('.')[0]) || IsPlaceholderText(url.UserInfo)));
    }

    private static bool IsPlaceholderText(string text) =>
        Placeholders.Contains(text, StringComparer.OrdinalIgnoreCase)
        || IsFiller(text)
        || (text.StartsWith('<') && text.EndsWith('>'))
        || (text.StartsWith("${", StringComparison.Ordinal) && text.EndsWith('}'))
        || (text.StartsWith("{{", StringComparison.Ordinal) && text.EndsWith("}}", StringComparison.Ordinal))
        || text.StartsWith("your-", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("your_", StringComparison.OrdinalIgnoreCase)
        || text.EndsWith("...", StringComparison.Ordinal)
        || text.EndsWith('…');

    /// <summary>"xxx", "XXXXXXXX", "***".</summary>
    private static bool IsFiller(string value) => value.Length >= 3 && value.All(c => c is 'x' or 'X' or '*' or '-' or '_' or '.') && value.Any(c => c is 'x' or 'X' or '*');

    private static bool IsServiceRoleKey(string value)
    {
        if (value.StartsWith(SecretKeyPrefix, StringComparison.Ordinal))
        {
            return value.Length > SecretKeyPrefix.Length && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        }

        var parts = value.Split('.');
        return parts.Length == 3 && parts.All(p => p.Length > 0 && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) && IsJson(parts[0]) && IsJson(parts[1]);
    }

    private static bool IsJson(string part)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsSentryDsn(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length > 0 && url.AbsolutePath.Length > 1;
}
