using System.Buffers;
using System.Text;

namespace Cliply.Diagnostics.Redaction;

/// <summary>The secrets that were told, in the forms that resolving escapes does not give: itself, with + for spaces, in base64.</summary>
internal sealed class KnownSecrets
{
    /// <summary>The shortest base64 that is looked for, in characters.</summary>
    private const int ShortestBase64 = 8;

    /// <summary>The shortest line of a key of several lines that is looked for on its own.</summary>
    private const int ShortestLine = 32;

    private readonly Dictionary<string, string> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<int, Form[]> _forms = [];
    private readonly SearchValues<string>? _search;

    public KnownSecrets(IEnumerable<string> secrets)
    {
        var forms = new Dictionary<string, Form>(StringComparer.OrdinalIgnoreCase);
        foreach (var secret in secrets.Where(KnownSecretRules.IsTellingEnough))
        {
            if (_secrets.TryAdd(secret, secret))
            {
                AddForms(forms, secret);
            }
        }

        if (forms.Count == 0)
        {
            return;
        }

        _search = SearchValues.Create([.. forms.Keys], StringComparison.OrdinalIgnoreCase);
        foreach (var group in forms.Values.GroupBy(f => KeyOf(f.Text)))
        {
            _forms[group.Key] = [.. group.OrderByDescending(f => f.Text.Length)];
        }

        Longest = forms.Keys.Max(f => f.Length);
    }

    /// <summary>The length of the longest form, unescaped.</summary>
    public int Longest { get; }

    /// <summary>The known secret that this is, in its own letters; null: it is none.</summary>
    public string? Find(string text) => _secrets.GetValueOrDefault(text);

    public void Find(TextView view, FoundSecrets found)
    {
        if (_search is null)
        {
            return;
        }

        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOfAny(_search) is var at and >= 0)
        {
            var start = from + at;
            from = start + 1;
            if (!_forms.TryGetValue(KeyOf(text[start..]), out var forms))
            {
                continue;
            }

            foreach (var form in forms)
            {
                if (text[start..].StartsWith(form.Text, StringComparison.OrdinalIgnoreCase))
                {
                    Add(view, start, form, found);
                    break;
                }
            }
        }
    }

    private static void Add(TextView view, int start, Form form, FoundSecrets found)
    {
        var text = view.Text;
        var end = start + form.Text.Length;
        if (view.TokenEndAt(start) >= end)
        {
            return;
        }

        // The characters at the edges of its base64 hold a part of it and of what stands beside it.
        for (var more = 0; form.IsBase64 && more < 2 && end < text.Length && IsBase64(text[end]); more++)
        {
            end++;
        }

        for (var more = 0; form.IsBase64 && more < 2 && start > 0 && IsBase64(text[start - 1]); more++)
        {
            start--;
        }

        found.Add(view, start, end, SecretKind.Known, form.Secret);
    }

    private static bool IsBase64(char character) => char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '-' or '_' or '=';

    private static int KeyOf(ReadOnlySpan<char> text) => (char.ToUpperInvariant(text[0]) << 16) | char.ToUpperInvariant(text[1]);

    private static void AddForms(Dictionary<string, Form> forms, string secret)
    {
        forms.TryAdd(secret, new Form(secret, secret, IsBase64: false));
        if (secret.Contains(' ', StringComparison.Ordinal))
        {
            var plus = secret.Replace(' ', '+');
            forms.TryAdd(plus, new Form(plus, secret, IsBase64: false));
        }

        if (secret.Contains('\n', StringComparison.Ordinal))
        {
            var unix = secret.Replace("\r\n", "\n", StringComparison.Ordinal);
            var windows = unix.Replace("\n", "\r\n", StringComparison.Ordinal);
            forms.TryAdd(unix, new Form(unix, secret, IsBase64: false));
            forms.TryAdd(windows, new Form(windows, secret, IsBase64: false));
        }

        foreach (var resolved in Resolved(secret))
        {
            forms.TryAdd(resolved, new Form(resolved, secret, IsBase64: false));
        }

        foreach (var line in secret.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Length >= ShortestLine && line.Length < secret.Length && line.All(IsBase64))
            {
                forms.TryAdd(line, new Form(line, secret, IsBase64: false));
            }
        }

        var bytes = Encoding.UTF8.GetBytes(secret);
        for (var before = 0; before < 3; before++)
        {
            var core = Base64Core(bytes, before);
            if (core.Length >= ShortestBase64)
            {
                forms.TryAdd(core, new Form(core, secret, IsBase64: true));
                var urlSafe = core.Replace('+', '-').Replace('/', '_');
                forms.TryAdd(urlSafe, new Form(urlSafe, secret, IsBase64: true));
            }
        }
    }

    /// <summary>What a secret that holds escapes itself looks like once they are resolved along with those around it.</summary>
    private static IEnumerable<string> Resolved(string secret)
    {
        var (one, other) = (new EscapedText(), new EscapedText());
        var text = secret;
        for (var level = 0; level < EscapedText.MostLevels && one.Resolve(new TextView(text)); level++)
        {
            text = one.Text.ToString();
            (one, other) = (other, one);
            if (!KnownSecretRules.IsTellingEnough(text))
            {
                yield break;
            }

            yield return text;
        }
    }

    /// <summary>The base64 that is the same whatever surrounds the secret, behind so many other bytes of a group of three.</summary>
    private static string Base64Core(byte[] secret, int before)
    {
        var all = new byte[before + secret.Length];
        secret.CopyTo(all, before);
        var skipped = before == 0 ? 0 : before + 1;
        var whole = all.Length * 8 / 6;
        return whole <= skipped ? "" : Convert.ToBase64String(all)[skipped..whole];
    }

    private sealed record Form(string Text, string Secret, bool IsBase64);
}
