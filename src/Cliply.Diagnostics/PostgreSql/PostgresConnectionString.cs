using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>
/// Reads a <c>postgres://</c> URL or an Npgsql connection string. A parser's own message is never shown: it repeats the
/// text, password included.
/// </summary>
internal static class PostgresConnectionString
{
    private const string Usage = "Use postgres://user:password@host:5432/database, with special characters percent-encoded, or an Npgsql connection string such as Host=…;Database=….";

    /// <summary>Reads a connection string.</summary>
    /// <param name="text">A URL or an Npgsql connection string.</param>
    /// <param name="builder">The parts.</param>
    /// <param name="problem">What is wrong and what to use, without a word of the text; null on success.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? builder, [NotNullWhen(false)] out string? problem)
    {
        text = text.Trim();
        builder = null;
        problem = IsUrl(text, out var rest) ? ReadUrl(rest, out var read) : ReadPairs(text, out read);
        if (problem is null && string.IsNullOrEmpty(read!.Host))
        {
            problem = "it names no host";
        }

        if (problem is not null)
        {
            problem = $"{problem}. {Usage}";
            return false;
        }

        builder = read!;
        return true;
    }

    private static bool IsUrl(string text, out string rest)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["postgres://", "postgresql://"])
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                rest = text[scheme.Length..];
                return true;
            }
        }

        rest = "";
        return false;
    }

    private static string? ReadPairs(string text, out NpgsqlConnectionStringBuilder? builder)
    {
        try
        {
            builder = new NpgsqlConnectionStringBuilder(text);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException or InvalidCastException or KeyNotFoundException)
        {
            builder = null;
            return "it is neither a postgres:// URL nor a connection string that can be read";
        }
    }

    private static string? ReadUrl(string rest, out NpgsqlConnectionStringBuilder? builder)
    {
        builder = null;
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : rest[(question + 1)..];
        var path = question < 0 ? rest : rest[..question];

        // A password may hold an unencoded '/' or '@'; the last '@' ends it.
        var at = path.LastIndexOf('@');
        var credentials = at < 0 ? "" : path[..at];
        var address = path[(at + 1)..];
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var database = slash < 0 ? "" : address[(slash + 1)..];
        var hosts = slash < 0 ? address : address[..slash];

        var result = new NpgsqlConnectionStringBuilder();
        if (ReadCredentials(credentials, result) is { } credentialProblem)
        {
            return credentialProblem;
        }

        if (ReadHosts(hosts, result) is { } hostProblem)
        {
            return hostProblem;
        }

        if (database.Contains('/', StringComparison.Ordinal))
        {
            return "its path holds more than a database name";
        }

        if (database.Length > 0)
        {
            result.Database = Uri.UnescapeDataString(database);
        }

        if (ReadQuery(query, result) is { } queryProblem)
        {
            return queryProblem;
        }

        builder = result;
        return null;
    }

    private static string? ReadCredentials(string credentials, NpgsqlConnectionStringBuilder builder)
    {
        if (credentials.Length == 0)
        {
            return null;
        }

        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        builder.Username = Uri.UnescapeDataString(colon < 0 ? credentials : credentials[..colon]);
        if (colon >= 0)
        {
            builder.Password = Uri.UnescapeDataString(credentials[(colon + 1)..]);
        }

        return builder.Username.Length == 0 ? "its user name is empty" : null;
    }

    private static string? ReadHosts(string hosts, NpgsqlConnectionStringBuilder builder)
    {
        var list = hosts.Split(',');
        if (list.Length > 1)
        {
            builder.Host = hosts;
            return list.Any(h => h.Length == 0) ? "one of its hosts is empty" : null;
        }

        var host = hosts;
        var port = "";
        var bracket = host.StartsWith('[') ? host.IndexOf(']', StringComparison.Ordinal) : -1;
        if (bracket > 0)
        {
            port = host[(bracket + 1)..].TrimStart(':');
            host = host[1..bracket];
        }
        else if (host.LastIndexOf(':') is var colon and >= 0)
        {
            port = host[(colon + 1)..];
            host = host[..colon];
            if (port.Length == 0)
            {
                return "its port is empty";
            }
        }

        builder.Host = Uri.UnescapeDataString(host);
        if (port.Length > 0)
        {
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                return "its port is not a number from 1 to 65535";
            }

            builder.Port = number;
        }

        return null;
    }

    private static string? ReadQuery(string query, NpgsqlConnectionStringBuilder builder)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = (equals < 0 ? pair : pair[..equals]).ToLowerInvariant();
            var value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            switch (key)
            {
                case "sslmode":
                    if (SslModeOf(value) is not { } mode)
                    {
                        return "its sslmode is not one of disable, allow, prefer, require, verify-ca, verify-full";
                    }

                    builder.SslMode = mode;
                    break;
                case "sslrootcert":
                    builder.RootCertificate = value;
                    break;
                case "host":
                    builder.Host = value;
                    break;
                case "port":
                    if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                    {
                        return "its port is not a number from 1 to 65535";
                    }

                    builder.Port = port;
                    break;
                case "user":
                    builder.Username = value;
                    break;
                case "password":
                    builder.Password = value;
                    break;
                case "dbname":
                    builder.Database = value;
                    break;
                default:
                    // Other clients' settings (pgbouncer, connection_limit, schema …) mean nothing here.
                    break;
            }
        }

        return null;
    }

    private static SslMode? SslModeOf(string value) => value.ToLowerInvariant() switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => null,
    };
}
