using Cliply.Diagnostics.PostgreSql;

namespace Cliply.Diagnostics.Sharing;

/// <summary>
/// The script that creates the table through which hosts share what they have collected. Nothing in this library runs it:
/// execute it by an explicit command, as the schema's owner. Running it again changes nothing.
/// </summary>
public static class SnapshotSharingSchema
{
    private static readonly SqlScript Script = new("cliply_snapshot.postgresql.sql", "cliply_snapshot");

    /// <summary>For PostgreSQL, with the default names; its comments hold the grants for the hosts' role.</summary>
    public static string PostgreSql => Script.Text;

    /// <summary>For PostgreSQL, with other names.</summary>
    /// <param name="schema">The schema, as in <see cref="SnapshotSharingOptions.Schema"/>.</param>
    /// <param name="table">The table, as in <see cref="SnapshotSharingOptions.Table"/>.</param>
    /// <exception cref="ArgumentException">A name is null or empty.</exception>
    public static string PostgreSqlFor(string schema, string table)
    {
        ArgumentException.ThrowIfNullOrEmpty(schema);
        ArgumentException.ThrowIfNullOrEmpty(table);
        return Script.For(schema, table);
    }
}
