using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>Ends a transaction that a failed statement has left behind.</summary>
internal static class Rollback
{
    public static async Task IfNeededAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            await using var command = new NpgsqlCommand("rollback", connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
