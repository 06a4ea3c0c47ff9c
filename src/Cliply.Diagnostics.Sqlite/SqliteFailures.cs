using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Microsoft.Data.Sqlite;

namespace Cliply.Diagnostics.Sqlite;

/// <summary>Tells failures of SQLite apart by their code.</summary>
internal static class SqliteFailures
{
    public static JobStoreFailure Of(SqliteException exception) => exception.SqliteErrorCode switch
    {
        5 or 6 => new(DatabaseStatus.Timeout, "the database file is locked"),
        3 or 23 => new(DatabaseStatus.PermissionDenied, "the database file may not be read"),
        8 => new(DatabaseStatus.ReadOnly, "the database file may not be written"),
        14 => new(DatabaseStatus.Error, "the database file can't be opened: it is not there, or may not be read"),
        26 => new(DatabaseStatus.Error, "the file is no SQLite database"),
        11 => new(DatabaseStatus.Error, "the database file is damaged"),
        var code => new(DatabaseStatus.Error, $"SQLite answered with error {code}"),
    };
}
