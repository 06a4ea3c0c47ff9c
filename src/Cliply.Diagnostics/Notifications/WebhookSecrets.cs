using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Notifications;

/// <summary>The receiver's URL, its path and query, and the headers' values, however they were configured.</summary>
internal sealed class WebhookSecrets(IOptions<WebhookOptions> options) : ISecretSource
{
    private const int ShortestPath = 12;

    public IEnumerable<string?> Secrets
    {
        get
        {
            var url = options.Value.Url?.Trim();
            yield return url;

            // A short path, as in /hook, is none, and would be found in harmless text.
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.PathAndQuery.Length >= ShortestPath)
            {
                yield return uri.PathAndQuery;
            }

            foreach (var value in options.Value.Headers.Values)
            {
                yield return value;
                yield return value[(value.LastIndexOf(' ') + 1)..];
            }
        }
    }
}
