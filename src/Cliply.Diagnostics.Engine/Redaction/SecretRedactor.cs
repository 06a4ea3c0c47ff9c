using System.Text;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// Takes secrets out of text before it leaves the process. Three kinds are replaced: the secrets that it was told, raw, in any
/// case, URL-encoded, in base64, JSON- or HTML-escaped, up to three levels deep; values of keys that are named like secrets;
/// and what is a secret by its form, such as URLs with credentials, web tokens, providers' tokens and PEM blocks. What is
/// only an id, a digest, a path or a version stays.
/// </summary>
/// <remarks>
/// Within one redactor the same secret becomes the same token, <c>‹secret:3f2a›</c>, so that lines can still be told to
/// belong together; a web token of Supabase's service role becomes <c>‹service_role:3f2a›</c>. Redacted text stays as it is
/// when it is redacted again, also after a writer has escaped it. Takes time linear in the text on every input. Safe for
/// concurrent use; built once, and cheaply: what searching needs is prepared with the first text.
/// </remarks>
public sealed class SecretRedactor
{
    private readonly string[] _secrets;
    private readonly RedactionOptions _options;
    private readonly Lazy<KnownSecrets> _known;
    private readonly Lazy<TokenTable> _tokens;

    /// <summary>Takes the secrets that are known.</summary>
    /// <param name="secrets">
    /// Exact values, such as those that <see cref="SecretsIn"/> finds in the environment; null: none. Values under 6
    /// characters, plain words and numbers under 8, placeholders and common words such as <c>postgres</c> are not looked
    /// for, as they stand in every other line; next to a key that is named like a secret they are replaced all the same.
    /// </param>
    /// <param name="options">What else is replaced; null: secrets only.</param>
    /// <exception cref="ArgumentException">The options' key has fewer than 16 bytes.</exception>
    public SecretRedactor(IEnumerable<string?>? secrets = null, RedactionOptions? options = null)
    {
        _secrets = [.. (secrets ?? []).OfType<string>()];
        _options = options ?? new RedactionOptions();
        TokenTable.Check(_options.Key);
        _known = new Lazy<KnownSecrets>(() => new KnownSecrets(_secrets));
        _tokens = new Lazy<TokenTable>(() => new TokenTable(_options.Key));
    }

    /// <summary>One that knows no secret, and finds them by their names and forms. Its tokens are the same in the whole process.</summary>
    public static SecretRedactor PatternsOnly { get; } = new();

    /// <summary>Replaces the secrets in a text.</summary>
    /// <param name="text">The text, whole: a secret that is cut in two is no longer recognised; for that, see <see cref="Stream()"/>.</param>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Redact(text, text.Length);
    }

    /// <summary>Replaces the secrets in what people will see of a snapshot: names, ids, samples, reasons, messages.</summary>
    /// <param name="snapshot">The snapshot; what is a number or a time stays.</param>
    public DiagnosticSnapshot Redact(DiagnosticSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new SnapshotRedaction(this).Apply(snapshot);
    }

    /// <summary>Starts the redaction of a text that comes in pieces, such as a log, however long it and its lines are.</summary>
    public StreamingRedactor Stream() => Stream(ScanWindow.AheadFor(_known.Value.Longest));

    /// <summary>Looks for a secret that is left in a text which should have none, such as a file's name.</summary>
    /// <param name="text">The text, redacted or not; tokens are no finding.</param>
    /// <returns>The first secret; null: there is none.</returns>
    public SecretFinding? Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NewAnalysis().Find(text) is [var first, ..] ? new SecretFinding(first.Kind, first.Start) : null;
    }

    /// <summary>Looks for a secret that is left in bytes which should have none, such as a file of a finished archive.</summary>
    /// <param name="utf8">UTF-8, or anything else, of any length; takes constant memory.</param>
    /// <returns>The first secret; null: there is none.</returns>
    public SecretFinding? Find(ReadOnlySpan<byte> utf8) => new ByteSearch(NewAnalysis(), _known.Value.Longest).Find(utf8);

    /// <summary>The secrets in a variable or setting: its value where the name says so, and the credentials within it.</summary>
    /// <param name="name">The name, such as <c>DATABASE_URL</c> or <c>ConnectionStrings:Cliply</c>.</param>
    /// <param name="value">The value; null: none.</param>
    public static IEnumerable<string> SecretsIn(string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        return string.IsNullOrWhiteSpace(value) ? [] : SettingSecrets.In(name, value, PatternsOnly.NewAnalysis());
    }

    /// <summary>Replaces the secrets up to a place, and leaves out what comes behind it.</summary>
    /// <param name="text">The text, beyond that place too.</param>
    /// <param name="limit">The place; a secret that reaches over it is replaced whole.</param>
    internal string Redact(string text, int limit)
    {
        var found = NewAnalysis().Find(text);
        if (found.Count == 0 || found[0].Start >= limit)
        {
            return limit < text.Length ? text[..limit] : text;
        }

        var result = new StringBuilder(text.Length);
        var from = 0;
        foreach (var secret in found)
        {
            if (secret.Start >= limit)
            {
                break;
            }

            result.Append(text, from, secret.Start - from).Append(TokenOf(secret, text));
            from = secret.End;
        }

        return (from < limit ? result.Append(text, from, limit - from) : result).ToString();
    }

    /// <summary>As <see cref="Stream()"/>.</summary>
    /// <param name="ahead">How much text is looked at behind what is written, in characters.</param>
    internal StreamingRedactor Stream(int ahead) => new(this, NewAnalysis(), ahead);

    /// <summary>How much of the end of a text that was cut can hold a part of a secret, in characters.</summary>
    internal int Unsure => Math.Clamp(_known.Value.Longest, 512, 2_048);

    internal string TokenOf(FoundSecrets.Found found, ReadOnlySpan<char> text)
    {
        if (found.Kind == SecretKind.Known && found.Secret is not null)
        {
            return _tokens.Value.TokenOf(found.Kind, found.Secret);
        }

        // In one form, however it is escaped here.
        var secret = found.Secret ?? text[found.Start..found.End].ToString();
        var (one, other) = (new EscapedText(), new EscapedText());
        var known = _known.Value.Find(secret);
        for (var level = 0; known is null && level < EscapedText.MostLevels && one.Resolve(new TextView(secret)); level++)
        {
            secret = one.Text.ToString();
            (one, other) = (other, one);
            known = _known.Value.Find(secret);
        }

        return _tokens.Value.TokenOf(found.Kind, known ?? secret);
    }

    private TextAnalysis NewAnalysis() => new(_known.Value, _options);
}
