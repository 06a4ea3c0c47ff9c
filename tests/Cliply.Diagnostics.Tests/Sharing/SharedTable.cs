using Cliply.Diagnostics.Sharing;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Tests.Sharing;

/// <summary>A database with the table, and hosts that share through it.</summary>
internal static class SharedTable
{
    public const string Jobs = JobTables.Current + JobTables.Index;

    public static Task<TestDatabase> CreateAsync(PostgresServer server) => TestDatabase.CreateAsync(server, Jobs + SnapshotSharingSchema.PostgreSql);

    /// <summary>Lets a whole interval pass, for the hosts and for the row.</summary>
    public static Task NextIntervalAsync(this TestDatabase database, params IEnumerable<SharingHost> hosts) => database.PassAsync(TimeSpan.FromMinutes(1), hosts);

    public static async Task PassAsync(this TestDatabase database, TimeSpan time, params IEnumerable<SharingHost> hosts)
    {
        await database.ExecuteAsync(FormattableString.Invariant($"update cliply_snapshot set collected_at = collected_at - interval '{time.TotalSeconds} seconds'"));
        foreach (var host in hosts)
        {
            host.Time.Skip(time);
        }
    }
}
