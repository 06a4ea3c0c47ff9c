using Cliply.Diagnostics.Collection;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>A database of a test, and the collector that reads it.</summary>
public sealed class TestDatabase(PostgresServer server, string name)
{
    public string Name => name;

    public string ConnectionString => $"Host=127.0.0.1;Port={server.Port};Username=postgres;Database={name}";

    public string BouncerConnectionString => $"Host=127.0.0.1;Port={server.BouncerPort};Username=postgres;Database={name}";

    /// <summary>A new database with the given tables.</summary>
    public static async Task<TestDatabase> CreateAsync(PostgresServer server, string sql)
    {
        ArgumentNullException.ThrowIfNull(server);
        var database = new TestDatabase(server, await server.CreateEmptyDatabaseAsync());
        if (sql.Length > 0)
        {
            await database.ExecuteAsync(sql);
        }

        return database;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal Task<CollectedEvidence> CollectAsync(Action<CliplyDiagnosticsOptions>? configure = null) => CollectOnceAsync(ConnectionString, configure);

    internal static async Task<CollectedEvidence> CollectOnceAsync(string connectionString, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        await using var reading = new CollectorUnderTest(connectionString, configure);
        return await reading.CollectAsync();
    }
}
