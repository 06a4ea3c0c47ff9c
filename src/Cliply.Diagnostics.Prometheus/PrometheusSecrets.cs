using System.Text;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>The credentials that are sent to the server, however they were configured.</summary>
internal sealed class PrometheusSecrets(IOptions<PrometheusOptions> options) : ISecretSource
{
    public IEnumerable<string?> Secrets =>
    [
        options.Value.BearerToken,
        options.Value.Password,
        options.Value.Password is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Value.UserName}:{options.Value.Password}")),
        .. options.Value.Headers.SelectMany(h => SecretRedactor.SecretsIn(h.Key, h.Value)),
    ];
}
