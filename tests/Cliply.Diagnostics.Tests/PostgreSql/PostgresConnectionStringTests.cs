using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

public sealed class PostgresConnectionStringTests
{
    private const string Usage = ". Use postgres://user:password@host:5432/database, with special characters percent-encoded, or an Npgsql connection string such as Host=…;Database=….";

    [Theory]
    [InlineData("postgres://u:p@h/d", "h", 5432, "u", "p", "d", SslMode.Prefer)]
    [InlineData("postgresql://u:p@h:6543/d?sslmode=require&pgbouncer=true", "h", 6543, "u", "p", "d", SslMode.Require)]
    [InlineData("POSTGRES://u%40x:p%2F%40%3A%3F@h/d%20e?sslmode=verify-full", "h", 5432, "u@x", "p/@:?", "d e", SslMode.VerifyFull)]
    [InlineData("postgres://u:p@ss/w@h:1/d", "h", 1, "u", "p@ss/w", "d", SslMode.Prefer)]
    [InlineData("postgres://u:p@[::1]:6543/d", "::1", 6543, "u", "p", "d", SslMode.Prefer)]
    [InlineData("postgres:///d?host=/run/postgresql&user=u&password=p&port=5", "/run/postgresql", 5, "u", "p", "d", SslMode.Prefer)]
    [InlineData(" Host=h;Port=6543;Username=u;Password=p;Database=d ", "h", 6543, "u", "p", "d", SslMode.Prefer)]
    public void TryParse_Good_ReadsTheParts(string text, string host, int port, string user, string password, string database, SslMode mode)
    {
        PostgresConnectionString.TryParse(text, out var builder, out var problem).Should().BeTrue(problem);

        (builder!.Host, builder.Port, builder.Username, builder.Password, builder.Database, builder.SslMode).Should().Be((host, port, user, password, database, mode));
    }

    [Theory]
    [InlineData("postgres://u:canary@", "it names no host")]
    [InlineData("postgres://u:canary@:5432/d", "it names no host")]
    [InlineData("postgres://u:canary@h:port/d", "its port is not a number from 1 to 65535")]
    [InlineData("postgres://u:canary@h:70000/d", "its port is not a number from 1 to 65535")]
    [InlineData("postgres://u:canary@h:/d", "its port is empty")]
    [InlineData("postgres://u:canary@h/d/e", "its path holds more than a database name")]
    [InlineData("postgres://:canary@h/d", "its user name is empty")]
    [InlineData("postgres://u:canary@h,,i/d", "one of its hosts is empty")]
    [InlineData("postgres://u:canary@h/d?sslmode=canary", "its sslmode is not one of disable, allow, prefer, require, verify-ca, verify-full")]
    [InlineData("mysql://u:canary@h/d", "it is neither a postgres:// URL nor a connection string that can be read")]
    [InlineData("Host=h;Pasword=canary", "it is neither a postgres:// URL nor a connection string that can be read")]
    [InlineData("Host=h;Port=canary", "it is neither a postgres:// URL nor a connection string that can be read")]
    [InlineData("Username=u;Password=canary", "it names no host")]
    public void TryParse_Bad_SaysWhatToChangeWithoutTheText(string text, string expected)
    {
        PostgresConnectionString.TryParse(text, out _, out var problem).Should().BeFalse();

        problem.Should().Be(expected + Usage);
    }

    [Theory]
    [InlineData("Host=option", "Host=named", "postgres://u:p@env/d", true, "option")]
    [InlineData(null, "Host=named", "postgres://u:p@env/d", true, "named")]
    [InlineData(null, null, "postgres://u:p@env/d", true, "host-source")]
    [InlineData(null, null, "postgres://u:p@env/d", false, "env")]
    [InlineData(null, null, null, false, null)]
    public async Task DataSource_SeveralPlaces_FirstWins(string? option, string? named, string? url, bool hasHostSource, string? expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Cliply"] = named }).Build();
        await using var hosts = NpgsqlDataSource.Create("Host=host-source");

        await using var source = new PostgresConnectionSource(
            Options.Create(new CliplyDiagnosticsOptions { ConnectionString = option }), configuration, hasHostSource ? hosts : null, name => name == "DATABASE_URL" ? url : null);

        (source.DataSource is null ? null : new NpgsqlConnectionStringBuilder(source.DataSource.ConnectionString).Host).Should().Be(expected);
        source.Problem.Should().Be(expected is not null ? null : "no job store is configured. Set the option ConnectionString, ConnectionStrings:Cliply or DATABASE_URL, register an NpgsqlDataSource, or choose another store.");
    }

    [Fact]
    public void DataSource_Own_IsSafeBehindAPoolerAndGivesUpInTime()
    {
        using var source = new PostgresConnectionSource(Options.Create(new CliplyDiagnosticsOptions { ConnectionString = "Host=h;Max Auto Prepare=5;Timeout=60" }), null, null, _ => null);

        var builder = new NpgsqlConnectionStringBuilder(source.DataSource!.ConnectionString);
        (builder.NoResetOnClose, builder.MaxAutoPrepare, builder.Timeout, builder.MaxPoolSize, builder.GssEncryptionMode, builder.ApplicationName)
            .Should().Be((true, 0, 1, 2, GssEncryptionMode.Disable, "cliply-diagnostics"));
    }

    [Fact]
    public void DataSource_MalformedEnvironment_NamesTheKeyOnly()
    {
        using var source = new PostgresConnectionSource(Options.Create(new CliplyDiagnosticsOptions()), null, null, _ => "postgres://u:canary@h:x/d");

        source.Problem.Should().Be("DATABASE_URL can't be used: its port is not a number from 1 to 65535" + Usage);
    }
}
