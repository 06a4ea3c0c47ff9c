using System.Globalization;
using Npgsql;

namespace Cliply.Diagnostics.PostgreSql;

/// <summary>Quoting, and the frame of every look at the database.</summary>
internal static class Sql
{
    /// <summary>An identifier, whatever is in it.</summary>
    public static string Name(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Name(string schema, string table) => $"{Name(schema)}.{Name(table)}";

    /// <summary>Texts of this library and labels read from the catalog, as literals: the planner proves an index's predicate only from those.</summary>
    public static string Literals(IEnumerable<string> texts) => string.Join(", ", texts.Select(Literal));

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// A batch, one round trip, that starts a read-only transaction with limits of its own. Safe behind a transaction
    /// pooler: nothing outlives the transaction.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="limit">How long one statement may take.</param>
    /// <param name="settings">More settings for the transaction.</param>
    public static NpgsqlBatch BeginReadOnly(NpgsqlConnection connection, TimeSpan limit, params ReadOnlySpan<(string Name, string Value)> settings) =>
        Begin(connection, "begin transaction read only", limit, settings);

    /// <summary>
    /// The same for a transaction that writes to a table of this library. Should this host hang before its end, the server
    /// ends it, and with it its locks.
    /// </summary>
    public static NpgsqlBatch BeginReadWrite(NpgsqlConnection connection, TimeSpan limit) =>
        Begin(connection, "begin transaction isolation level read committed read write", limit, [("idle_in_transaction_session_timeout", Milliseconds(limit).ToString(CultureInfo.InvariantCulture))]);

    private static long Milliseconds(TimeSpan limit) => Math.Max(1, (long)limit.TotalMilliseconds);

    private static NpgsqlBatch Begin(NpgsqlConnection connection, string begin, TimeSpan limit, ReadOnlySpan<(string Name, string Value)> settings)
    {
        var milliseconds = Milliseconds(limit);
        var batch = connection.CreateBatch();
        Add(batch, begin);

        // JIT compilation of a statement that is sent once costs more than it can save.
        var text = $"select set_config('statement_timeout', '{milliseconds}', true), set_config('lock_timeout', '{Math.Max(1, milliseconds / 2)}', true), set_config('jit', 'off', true), set_config('TimeZone', 'UTC', true)";
        foreach (var (name, value) in settings)
        {
            text += $", set_config({Literal(name)}, {Literal(value)}, true)";
        }

        Add(batch, text);
        return batch;
    }

    public static void Add(NpgsqlBatch batch, string text, params ReadOnlySpan<object> parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        batch.BatchCommands.Add(command);
    }
}
