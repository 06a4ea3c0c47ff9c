namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// Which known secrets are looked for by their value. One that is short, a common word or a mere setting would be found in
/// every other line, and the rest of the text would say nothing any more; next to its key it is still replaced.
/// </summary>
internal static class KnownSecretRules
{
    /// <summary>Shorter ones are never looked for, in characters.</summary>
    private const int Shortest = 6;

    /// <summary>Shorter ones only where they are no plain word or number.</summary>
    private const int ShortestPlain = 8;

    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "password", "passw0rd", "postgres", "postgresql", "supabase", "supabase_admin", "authenticator", "anonymous", "service_role",
        "localhost", "127.0.0.1", "0.0.0.0", "undefined", "disabled", "required", "optional", "production", "development", "information",
        "container", "kubernetes", "database", "username", "administrator", "authenticated", "authorization", "deployment",
        "1234567890", "123456789", "12345678", "test1234", "admin123",
    };

    public static bool IsTellingEnough(string? secret)
    {
        if (secret is null || secret.Length < Shortest || string.IsNullOrWhiteSpace(secret) || Common.Contains(secret) || Placeholders.IsPlaceholder(secret))
        {
            return false;
        }

        if (secret.Distinct().Take(3).Count() < 3)
        {
            return false;
        }

        return secret.Length >= ShortestPlain
            || (secret.Any(char.IsLetter) && secret.Any(c => !char.IsLetter(c)))
            || secret.Any(c => !char.IsLetterOrDigit(c));
    }
}
