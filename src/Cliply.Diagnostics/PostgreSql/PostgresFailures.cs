using System.Net.Sockets;
using System.Security.Authentication;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>Tells failures of PostgreSQL, its poolers and the way to it apart, by SQLSTATE and exception.</summary>
internal static class PostgresFailures
{
    /// <summary>What the exception means; the message names no host, user or database.</summary>
    public static JobStoreFailure Of(Exception exception) => exception switch
    {
        PostgresException postgres => OfServer(postgres),
        NpgsqlException { InnerException: PostgresException inner } => OfServer(inner),
        NpgsqlException when IsPoolExhausted(exception) => new(DatabaseStatus.Error, "this host's own connection pool is exhausted; raise its Max Pool Size, or give the diagnostics a connection string of their own"),
        _ when Find<AuthenticationException>(exception) is not null => Tls,
        NpgsqlException when exception.Message.Contains("SSL", StringComparison.OrdinalIgnoreCase) => Tls,
        _ when Find<SocketException>(exception) is { } socket => OfSocket(socket),
        _ when Find<TimeoutException>(exception) is not null => Timeout,
        OperationCanceledException => Timeout,
        NpgsqlException when exception.Message.Contains("password", StringComparison.OrdinalIgnoreCase) => new(DatabaseStatus.AuthenticationFailed, "the server asks for a password, and none is given"),
        _ when Find<IOException>(exception) is not null => new(DatabaseStatus.Error, "the connection broke"),
        _ => new(DatabaseStatus.Error, $"unexpected {exception.GetType().Name}"),
    };

    /// <summary>It did not answer within the budget.</summary>
    public static JobStoreFailure Timeout { get; } = new(DatabaseStatus.Timeout, "no answer in time");

    /// <summary>The host's own pool gave none; it waits longer than a collection may, and so can't say why.</summary>
    public static JobStoreFailure NoConnectionInTime { get; } = new(DatabaseStatus.Timeout, "no connection in time: the server does not answer, or this host's own connection pool is exhausted; if so, raise its Max Pool Size, or give the diagnostics a connection string of their own");

    /// <summary>Whether the server itself ended a statement that was too slow or had to wait for a lock.</summary>
    public static bool IsCancelledByServer(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable };

    /// <summary>Whether only the statement was too slow or had to wait for a lock, while the database is fine.</summary>
    public static bool IsSlowStatement(Exception exception) =>
        IsCancelledByServer(exception) || exception is NpgsqlException { InnerException: TimeoutException };

    /// <summary>Whether another attempt soon would make it worse: the pooler locks everyone out after failed logins.</summary>
    public static bool CallsForBackOff(Exception exception) =>
        Find<PostgresException>(exception) is { } postgres
        && (postgres.SqlState == PostgresErrorCodes.InvalidPassword || postgres.MessageText.Contains("ECIRCUITBREAKER", StringComparison.Ordinal));

    private static readonly JobStoreFailure Tls = new(DatabaseStatus.TlsFailed, "no encrypted connection could be agreed on; check the SSL mode and the server's certificate");

    private static JobStoreFailure OfServer(PostgresException exception)
    {
        var state = exception.SqlState;
        return state switch
        {
            PostgresErrorCodes.InvalidPassword => new(DatabaseStatus.AuthenticationFailed, "the password is wrong, or the role is unknown", state),
            PostgresErrorCodes.InvalidAuthorizationSpecification => new(DatabaseStatus.AuthenticationFailed, "the role is unknown, or may not connect from here", state),
            PostgresErrorCodes.InvalidCatalogName => new(DatabaseStatus.AuthenticationFailed, "the database is unknown", state),
            PostgresErrorCodes.InsufficientPrivilege => new(DatabaseStatus.PermissionDenied, "the role may not read the job store; grant it SELECT", state),
            PostgresErrorCodes.UndefinedTable => new(DatabaseStatus.SchemaMissing, "the job table is not there", state),
            PostgresErrorCodes.UndefinedColumn => new(DatabaseStatus.SchemaMissing, "a column of the job table is not there", state),
            PostgresErrorCodes.InvalidSchemaName => new(DatabaseStatus.SchemaMissing, "the schema is not there", state),
            PostgresErrorCodes.TooManyConnections => new(DatabaseStatus.TooManyConnections, "the server has no connection left", state),
            PostgresErrorCodes.ReadOnlySqlTransaction => new(DatabaseStatus.ReadOnly, "the database accepts no writes", state),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => new(DatabaseStatus.ShuttingDown, "the server is shutting down, starting up or recovering; this passes", state),
            PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => new(DatabaseStatus.Timeout, "a statement was too slow, or had to wait for a lock", state),
            _ when Says("EMAXCONN") || Says("ECHECKOUTTIMEOUT") || Says("max client conn") || Says("max clients reached") || Says("no more connections allowed") =>
                new(DatabaseStatus.TooManyConnections, "the pooler has no connection left", state),
            _ when Says("ECIRCUITBREAKER") => new(DatabaseStatus.AuthenticationFailed, "the pooler refuses logins for a while, after too many failed ones", state),
            _ when Says("no such database") => new(DatabaseStatus.AuthenticationFailed, "the database is unknown", state),
            _ when Says("tenant") && Says("not found") => new(DatabaseStatus.AuthenticationFailed, "the pooler knows no such project or role; its role is written as role.project", state),
            _ when Says("no such user") => new(DatabaseStatus.AuthenticationFailed, "the role is unknown", state),
            _ when state.StartsWith("08", StringComparison.Ordinal) => new(DatabaseStatus.Error, "the connection broke", state),
            _ => new(DatabaseStatus.Error, $"the server answered with SQLSTATE {state}", state),
        };

        bool Says(string text) => exception.MessageText.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    private static JobStoreFailure OfSocket(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(DatabaseStatus.Refused, "nothing listens at its address"),
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery =>
            new(DatabaseStatus.HostNotFound, "its host name can't be resolved; a host with only an IPv6 address needs the pooler's address in an IPv4 network"),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressFamilyNotSupported =>
            new(DatabaseStatus.Refused, "its address can't be reached from here; a host with only an IPv6 address needs the pooler's address in an IPv4 network"),
        SocketError.TimedOut => Timeout,
        _ => new(DatabaseStatus.Error, "the connection broke"),
    };

    private static bool IsPoolExhausted(Exception exception) => exception.Message.StartsWith("The connection pool has been exhausted", StringComparison.Ordinal);

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }

            if (exception is AggregateException { InnerExceptions: [var first, ..] } && first is T inner)
            {
                return inner;
            }
        }

        return null;
    }
}
