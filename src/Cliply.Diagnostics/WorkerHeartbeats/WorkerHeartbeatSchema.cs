using Cliply.Diagnostics.PostgreSql;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>
/// The scripts that create the table in which workers announce themselves. Nothing in this library runs them: execute one
/// by an explicit command, as the schema's owner. Running it again changes nothing.
/// </summary>
public static class WorkerHeartbeatSchema
{
    private const string DefaultTable = "cliply_workers";

    private static readonly SqlScript PostgreSqlScript = new("cliply_workers.postgresql.sql", DefaultTable);
    private static readonly SqlScript SqliteScript = new("cliply_workers.sqlite.sql", DefaultTable);

    /// <summary>For PostgreSQL, with the default names; its comments hold the grants for roles of workers and monitoring.</summary>
    public static string PostgreSql => PostgreSqlScript.Text;

    /// <summary>For SQLite, with the default name.</summary>
    public static string Sqlite => SqliteScript.Text;

    /// <summary>For PostgreSQL, with other names.</summary>
    /// <param name="schema">The schema, as in <see cref="JobStores.JobStoreOptions.Schema"/>.</param>
    /// <param name="table">The table, as in <see cref="JobStores.JobStoreOptions.WorkersTable"/>.</param>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    public static string PostgreSqlFor(string schema, string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(schema);
        ArgumentException.ThrowIfNullOrEmpty(table);
        return PostgreSqlScript.For(schema, table);
    }

    /// <summary>For SQLite, with another name.</summary>
    /// <param name="table">The table, as in <see cref="JobStores.JobStoreOptions.WorkersTable"/>.</param>
    /// <exception cref="ArgumentException">The name is null or empty.</exception>
    public static string SqliteFor(string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(table);
        return Sqlite.Replace(Sql.Name(DefaultTable), Sql.Name(table), StringComparison.Ordinal);
    }
}
