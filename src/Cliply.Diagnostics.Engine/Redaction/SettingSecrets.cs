namespace Cliply.Diagnostics.Redaction;

/// <summary>Takes the secrets out of a variable's or setting's name and value.</summary>
internal static class SettingSecrets
{
    public static IEnumerable<string> In(string name, string value, TextAnalysis analysis)
    {
        var secrets = new List<string>();
        foreach (var found in analysis.Find(value))
        {
            secrets.Add(value[found.Start..found.End]);
            if (found.Secret is not null)
            {
                secrets.Add(found.Secret);
            }

            if (found.Kind == SecretKind.UrlCredentials && found.Secret is { } password)
            {
                secrets.Add(Uri.UnescapeDataString(password));
            }
        }

        var key = name.AsSpan(name.LastIndexOf(':') + 1);
        key = key.Length > SecretNames.Longest ? key[^SecretNames.Longest..] : key;
        var isSecret = SecretNames.KindOf(key) switch
        {
            SecretName.None or SecretName.Dsn or SecretName.WorkingFolder => false,
            SecretName.Key => NamedValues.IsRandom(value),
            _ => true,
        };
        if (isSecret && !value.Contains("://", StringComparison.Ordinal) && !IsPath(value))
        {
            secrets.Add(value);
            secrets.Add(value.Trim());
        }

        return secrets.Distinct(StringComparer.Ordinal);
    }

    /// <summary>Of the file that holds the secret. One in base64 can look like a path, but has capitals and digits and no dot.</summary>
    public static bool IsPath(ReadOnlySpan<char> value) =>
        value.Length > 0 && (value[0] is '/' or '~' || value.StartsWith("./", StringComparison.Ordinal) || (value.Length > 2 && value[1] == ':' && value[2] is '\\' or '/'))
        && !value.ContainsAny(" \t\n+=")
        && (value.Contains('.') || !(value.ContainsAnyInRange('0', '9') && value.ContainsAnyInRange('A', 'Z')));
}
