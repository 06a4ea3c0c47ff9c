using System.Collections;
using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// What the environment and the configuration hold under a name like that of a secret, and the credentials in their URLs and
/// connection strings, whatever those are called.
/// </summary>
internal sealed class ProcessSecrets(IOptions<CliplyDiagnosticsOptions> options, IConfiguration? configuration, Func<IDictionary> environment) : ISecretSource
{
    public IEnumerable<string?> Secrets =>
        environment().Cast<DictionaryEntry>().Select(e => ((string)e.Key, e.Value as string))
            .Concat((configuration?.AsEnumerable() ?? []).Select(e => (e.Key, e.Value)))
            .Append((nameof(options.Value.ConnectionString), options.Value.ConnectionString))
            .SelectMany(setting => In(setting.Item1, setting.Item2));

    private static IEnumerable<string?> In(string name, string? value)
    {
        var secrets = SecretRedactor.SecretsIn(name, value);

        // In a connection string a password can be quoted, which only its parser undoes.
        return value is not null && name.Contains("connectionstring", StringComparison.OrdinalIgnoreCase) && PostgresConnectionString.TryParse(value, out var parsed, out _)
            ? secrets.Append(parsed.Password)
            : secrets;
    }
}
