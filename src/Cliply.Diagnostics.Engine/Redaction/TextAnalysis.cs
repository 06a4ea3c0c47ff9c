namespace Cliply.Diagnostics.Redaction;

/// <summary>Finds all secrets of a text, as it is and with its escapes resolved. Keeps its memory for the next. Not safe for concurrent use.</summary>
internal sealed class TextAnalysis(KnownSecrets known, RedactionOptions options)
{
    private readonly FoundSecrets _found = new();
    private readonly List<(int Start, int End)> _tokens = [];
    private EscapedText _resolved = new();
    private EscapedText _next = new();

    /// <summary>The secrets in order, apart from each other. Valid until the next call.</summary>
    public IReadOnlyList<FoundSecrets.Found> Find(ReadOnlySpan<char> text)
    {
        _found.Clear();
        Find(new TextView(text));
        if (_next.Resolve(new TextView(text)))
        {
            for (var level = 1; ; level++)
            {
                (_resolved, _next) = (_next, _resolved);
                Find(_resolved.View);
                if (level == EscapedText.MostLevels || !_next.Resolve(_resolved.View))
                {
                    break;
                }
            }
        }

        _found.Merge();
        return _found.Items;
    }

    private void Find(TextView plain)
    {
        _tokens.Clear();
        SecretToken.FindAll(plain.Text, _tokens);
        var view = plain.With(_tokens);
        known.Find(view, _found);
        NamedValues.Find(view, _found);
        UrlCredentials.Find(view, _found);
        WebTokens.Find(view, _found);
        ProviderTokens.Find(view, _found);
        PemBlocks.Find(view, _found);
        if (options.Emails)
        {
            Addresses.FindEmails(view, _found);
        }

        if (options.IpAddresses)
        {
            Addresses.FindIpAddresses(view, _found);
        }
    }
}
