using System.Net.Sockets;
using System.Security.Authentication;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.PostgreSql;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Every SQLSTATE and exception that is told apart, those too that no server here can be brought to.</summary>
public sealed class PostgresFailuresTests
{
    private const string OnlyIPv6 = "a host with only an IPv6 address needs the pooler's address in an IPv4 network";

    [Theory]
    [InlineData("28P01", "password authentication failed for user \"canary\"", DatabaseStatus.AuthenticationFailed, "the password is wrong, or the role is unknown")]
    [InlineData("28000", "no pg_hba.conf entry for host \"10.0.0.1\"", DatabaseStatus.AuthenticationFailed, "the role is unknown, or may not connect from here")]
    [InlineData("3D000", "database \"canary\" does not exist", DatabaseStatus.AuthenticationFailed, "the database is unknown")]
    [InlineData("42501", "permission denied for table canary", DatabaseStatus.PermissionDenied, "the role may not read the job store; grant it SELECT")]
    [InlineData("42P01", "relation \"canary\" does not exist", DatabaseStatus.SchemaMissing, "the job table is not there")]
    [InlineData("42703", "column \"canary\" does not exist", DatabaseStatus.SchemaMissing, "a column of the job table is not there")]
    [InlineData("3F000", "schema \"canary\" does not exist", DatabaseStatus.SchemaMissing, "the schema is not there")]
    [InlineData("53300", "too many clients already", DatabaseStatus.TooManyConnections, "the server has no connection left")]
    [InlineData("25006", "cannot execute INSERT in a read-only transaction", DatabaseStatus.ReadOnly, "the database accepts no writes")]
    [InlineData("55P03", "canceling statement due to lock timeout", DatabaseStatus.Timeout, "a statement was too slow, or had to wait for a lock")]
    [InlineData("57014", "canceling statement due to statement timeout", DatabaseStatus.Timeout, "a statement was too slow, or had to wait for a lock")]
    [InlineData("57P01", "terminating connection due to administrator command", DatabaseStatus.ShuttingDown, "the server is shutting down, starting up or recovering; this passes")]
    [InlineData("57P02", "terminating connection because of crash of another server process", DatabaseStatus.ShuttingDown, "the server is shutting down, starting up or recovering; this passes")]
    [InlineData("57P03", "the database system is starting up", DatabaseStatus.ShuttingDown, "the server is shutting down, starting up or recovering; this passes")]
    [InlineData("08006", "canary", DatabaseStatus.Error, "the connection broke")]
    [InlineData("08P01", "no more connections allowed (max_client_conn)", DatabaseStatus.TooManyConnections, "the pooler has no connection left")]
    [InlineData("08P01", "no such user: canary", DatabaseStatus.AuthenticationFailed, "the role is unknown")]
    [InlineData("08P01", "no such database: canary", DatabaseStatus.AuthenticationFailed, "the database is unknown")]
    [InlineData("XX000", "(EMAXCONNSESSION) max clients reached in session mode", DatabaseStatus.TooManyConnections, "the pooler has no connection left")]
    [InlineData("XX000", "MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size", DatabaseStatus.TooManyConnections, "the pooler has no connection left")]
    [InlineData("XX000", "(ECHECKOUTTIMEOUT) unable to check out connection from the pool", DatabaseStatus.TooManyConnections, "the pooler has no connection left")]
    [InlineData("XX000", "(ECIRCUITBREAKER) too many authentication failures", DatabaseStatus.AuthenticationFailed, "the pooler refuses logins for a while, after too many failed ones")]
    [InlineData("XX000", "Tenant or user not found", DatabaseStatus.AuthenticationFailed, "the pooler knows no such project or role; its role is written as role.project")]
    [InlineData("XX000", "(ENOTFOUND) tenant/user postgres.canary not found", DatabaseStatus.AuthenticationFailed, "the pooler knows no such project or role; its role is written as role.project")]
    [InlineData("XX000", "canary", DatabaseStatus.Error, "the server answered with SQLSTATE XX000")]
    public void Of_SqlState_IsToldApartAndPublishesNothing(string sqlState, string text, DatabaseStatus status, string message)
    {
        var failure = new JobStoreFailure(status, message, sqlState);

        PostgresFailures.Of(Server(sqlState, text)).Should().Be(failure);
        PostgresFailures.Of(new NpgsqlException("Exception while reading from stream", Server(sqlState, text))).Should().Be(failure);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, DatabaseStatus.Refused, "nothing listens at its address")]
    [InlineData(SocketError.HostNotFound, DatabaseStatus.HostNotFound, "its host name can't be resolved; " + OnlyIPv6)]
    [InlineData(SocketError.TryAgain, DatabaseStatus.HostNotFound, "its host name can't be resolved; " + OnlyIPv6)]
    [InlineData(SocketError.NoData, DatabaseStatus.HostNotFound, "its host name can't be resolved; " + OnlyIPv6)]
    [InlineData(SocketError.NetworkUnreachable, DatabaseStatus.Refused, "its address can't be reached from here; " + OnlyIPv6)]
    [InlineData(SocketError.HostUnreachable, DatabaseStatus.Refused, "its address can't be reached from here; " + OnlyIPv6)]
    [InlineData(SocketError.AddressFamilyNotSupported, DatabaseStatus.Refused, "its address can't be reached from here; " + OnlyIPv6)]
    [InlineData(SocketError.TimedOut, DatabaseStatus.Timeout, "no answer in time")]
    [InlineData(SocketError.ConnectionReset, DatabaseStatus.Error, "the connection broke")]
    public void Of_Socket_IsToldApart(SocketError error, DatabaseStatus status, string message) =>
        PostgresFailures.Of(new NpgsqlException("Failed to connect to 10.0.0.1:5432", new SocketException((int)error))).Should().Be(new JobStoreFailure(status, message));

    [Fact]
    public void Of_OtherExceptions_AreToldApart()
    {
        PostgresFailures.Of(new NpgsqlException("Exception while connecting", new AuthenticationException("canary"))).Status.Should().Be(DatabaseStatus.TlsFailed);
        PostgresFailures.Of(new NpgsqlException("SSL connection requested. No SSL enabled connection from this host is configured.")).Status.Should().Be(DatabaseStatus.TlsFailed);
        PostgresFailures.Of(new NpgsqlException("The operation has timed out", new TimeoutException())).Should().Be(PostgresFailures.Timeout);
        PostgresFailures.Of(new OperationCanceledException()).Should().Be(PostgresFailures.Timeout);
        PostgresFailures.Of(new NpgsqlException("No password has been provided but the backend requires one (in SASL/SCRAM-SHA-256)")).Should().Be(new JobStoreFailure(DatabaseStatus.AuthenticationFailed, "the server asks for a password, and none is given"));
        PostgresFailures.Of(new NpgsqlException("Exception while reading from stream", new EndOfStreamException())).Should().Be(new JobStoreFailure(DatabaseStatus.Error, "the connection broke"));
        PostgresFailures.Of(new InvalidCastException("canary")).Should().Be(new JobStoreFailure(DatabaseStatus.Error, "unexpected InvalidCastException"));
    }

    [Theory]
    [InlineData("28P01", "password authentication failed", true)]
    [InlineData("XX000", "(ECIRCUITBREAKER) too many authentication failures", true)]
    [InlineData("28000", "role does not exist", false)]
    [InlineData("53300", "too many clients already", false)]
    public void CallsForBackOff_OnlyWhereAnotherLoginMakesItWorse(string sqlState, string text, bool expected)
    {
        PostgresFailures.CallsForBackOff(Server(sqlState, text)).Should().Be(expected);
        PostgresFailures.CallsForBackOff(new NpgsqlException("Failed on every host", new AggregateException(Server(sqlState, text)))).Should().Be(expected);
    }

    private static PostgresException Server(string sqlState, string text) => new(text, "FATAL", "FATAL", sqlState);
}
